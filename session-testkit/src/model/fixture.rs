use super::ModelStore;
use crate::{Claims, Fixture, Means, OpenError, Opened};

/// The fixture of the [`ModelStore`]: an example, and the proof that a store can pass the suite.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "it is made by its name")]
pub struct ModelFixture;

impl Fixture for ModelFixture {
    fn name(&self) -> &str {
        "model"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let store = ModelStore::new();
        let (clock, corrupt, counted) = (store.clock(), store.clone(), store.clone());
        let peer = Opened::both(store.clone(), store.clone());
        Ok(Opened::both(store.clone(), store)
            .with_peer(peer)
            .with_clock(move |time| clock.set(time))
            .with_count(move || counted.count())
            .with_corruption(move |key| corrupt.corrupt(key)))
    }

    fn claims(&self) -> Claims {
        Claims::everything()
            .without(Means::Proxy, "it has no server")
            .without(Means::IndexLoss, "it has no index apart from the records")
    }
}
