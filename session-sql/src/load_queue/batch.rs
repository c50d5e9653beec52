use std::sync::Arc;

use session_core::{id::StoreKey, store::Stored};

use super::{WaitingLoad, waiting_load::News};

/// Loads that travel with another one. Those that are not answered look for a connection themselves.
#[derive(Debug, Default)]
pub(crate) struct Batch(Vec<Arc<WaitingLoad>>);

impl Batch {
    pub(super) const fn new(loads: Vec<Arc<WaitingLoad>>) -> Self {
        Self(loads)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &StoreKey> {
        self.0.iter().map(|load| &load.key)
    }

    /// Tells each what was found under its key.
    pub(crate) fn answer(mut self, found: &[(StoreKey, Stored)]) {
        for load in self.0.drain(..) {
            load.tell(News::Found(under(&load.key, found)));
        }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.0.iter().for_each(|load| load.tell(News::Go));
    }
}

/// What was found under a key.
pub(crate) fn under(key: &StoreKey, found: &[(StoreKey, Stored)]) -> Option<Stored> {
    found.iter().find(|(other, _)| other == key).map(|(_, stored)| stored.clone())
}
