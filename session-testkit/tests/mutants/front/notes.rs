use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Answer, BlockingStore as _, Call, Stored},
};

use crate::store::Mutant;

/// What a defect remembers of the calls before: a cache, a trash, an order of its own.
#[derive(Default)]
pub(super) struct Notes {
    /// What was under a key before its last delete.
    pub(super) trash: BTreeMap<StoreKey, Stored>,
    /// When a session was created.
    pub(super) born: BTreeMap<Digest, Duration>,
    /// What a key held when it was loaded last.
    pub(super) cache: BTreeMap<StoreKey, Stored>,
    /// The first and later pages that a family listed.
    pub(super) lists: BTreeMap<(Family, bool), Answer>,
    /// The sessions that were ended by another operation than a delete.
    pub(super) revoked: BTreeSet<Digest>,
}

impl Notes {
    pub(super) fn note(&mut self, store: &Mutant, call: &Call<'_>) {
        match call {
            Call::Load { key } => {
                if let Ok(Some(stored)) = store.load(key) {
                    self.cache.insert(*key, stored);
                }
            }
            Call::Create { key, .. } => {
                self.born.entry(key.digest).or_insert_with(|| store.clock.now());
            }
            Call::Rotate { from, to, .. } => {
                if let Some(born) = self.born.get(&from.digest).copied() {
                    self.born.entry(to.digest).or_insert(born);
                }
            }
            Call::Delete { key, .. } => {
                if let Ok(Some(stored)) = store.load(key) {
                    self.trash.insert(*key, stored);
                }
            }
            _ => {}
        }
    }
}
