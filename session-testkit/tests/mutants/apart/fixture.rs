use std::sync::Arc;

use session_testkit::{Fixture, ModelStore, OpenError, Opened};

use super::{Apart, Instance};

/// Opens one instance with the defect, or two over the same data.
pub(crate) struct ApartFixture {
    pub(crate) defect: Apart,
    pub(crate) has_peer: bool,
}

impl Fixture for ApartFixture {
    fn name(&self) -> &str {
        "apart"
    }

    async fn open(&self) -> Result<Opened, OpenError> {
        let database = ModelStore::new();
        let instance = || Arc::new(Instance::new(self.defect, database.clone()));
        let (here, there, clock) = (instance(), instance(), database.clock());
        let (one, other, corrupted) = (Arc::clone(&here), Arc::clone(&there), database.clone());
        let opened = Opened::blocking(here)
            .with_clock(move |time| {
                one.flush();
                other.flush();
                clock.set(time);
            })
            .with_corruption(move |key| corrupted.corrupt(key));
        Ok(if self.has_peer { opened.with_peer(Opened::blocking(there)) } else { opened })
    }
}
