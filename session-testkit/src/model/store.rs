use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Immediate, Listed, Page, Revision,
        RotateOutcome, StoreError, Stored, TouchOutcome, Write,
    },
};

use super::{ModelClock, State};

/// The naive reference store: one lock, one map, and a clock that is moved by hand.
///
/// It is a `Store` and a `BlockingStore`. Clones share their records. An expired record stays in memory until it is
/// swept.
///
/// ```
/// use session_core::{
///     id::{Algorithm, CookieId, Generator},
///     store::{BlockingStore as _, Revision, Write},
/// };
/// use session_testkit::ModelStore;
/// use std::time::Duration;
///
/// let store = ModelStore::new();
/// let id = CookieId::generate(Algorithm::Sha256, None, &Generator)?;
/// let write = Write { next: Revision::from_bytes([1; 16]), data: b"cart", ttl: Duration::from_secs(300) };
/// store.create(id.key(), write, None)?;
/// assert!(store.load(id.key())?.is_some());
/// store.clock().advance(Duration::from_secs(300));
/// assert_eq!(store.load(id.key())?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ModelStore {
    state: Arc<Mutex<State>>,
    clock: ModelClock,
}

impl ModelStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The clock that the store reads.
    #[must_use]
    pub fn clock(&self) -> ModelClock {
        self.clock.clone()
    }

    /// Makes what is stored under the key undecodable.
    pub fn corrupt(&self, key: &StoreKey) {
        self.with(|_, state| state.corrupt(key));
    }

    /// How many records there are, tombstones and expired ones included.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.with(|_, state| state.count())
    }

    fn with<T>(&self, ask: impl FnOnce(Duration, &mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        ask(self.clock.now(), &mut state)
    }
}

impl BlockingStore for ModelStore {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        self.with(|now, state| state.load(now, key))
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        self.with(|now, state| state.create(now, key, &write, cap))
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        self.with(|now, state| state.commit(now, key, expected, &write))
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        self.with(|now, state| state.touch(now, key, expected, ttl))
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        self.with(|now, state| state.rotate(now, (from, to), expected, &write, tombstone.as_ref()))
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        self.with(|now, state| state.delete(now, key, expected, tombstone.as_ref()))
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        self.with(|now, state| state.list(now, family, page))
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        Ok(self.with(|now, state| state.revoke(now, family, keep)))
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        Ok(self.with(|now, state| state.sweep(now, limit)))
    }
}

impl Immediate for ModelStore {}
