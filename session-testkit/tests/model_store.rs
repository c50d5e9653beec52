//! The suite can be passed: the naive store passes it, also behind the types that erase the type of a store.

use std::process::ExitCode;

use session_core::store::{AnyStore, BlockingStore};
use session_testkit::{Claims, Fixture, Means, ModelStore, OpenError, Opened};

struct Erased;

impl Fixture for Erased {
    fn name(&self) -> &str {
        "model"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let store = ModelStore::new();
        let (clock, corrupt, counted) = (store.clock(), store.clone(), store.clone());
        let blocking: Box<dyn BlockingStore> = Box::new(store.clone());
        let peer: Box<dyn BlockingStore> = Box::new(store.clone());
        let peer = Opened::both(AnyStore::new(store.clone()), peer);
        Ok(Opened::both(AnyStore::new(store), blocking)
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

fn main() -> ExitCode {
    session_testkit::main(Erased)
}
