use std::time::{Duration, Instant};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, Store, StoreError, Stored, TouchOutcome, Write,
    },
};

use crate::label::Label;

/// A store that counts its calls and how long they take.
///
/// A call whose future is dropped is not counted.
#[derive(Debug, Clone)]
pub struct Metered<S> {
    store: S,
    backend: &'static str,
}

impl<S> Metered<S> {
    /// This store; its metrics have this name as their label `backend`.
    #[must_use]
    pub const fn new(store: S, backend: &'static str) -> Self {
        Self { store, backend }
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &S {
        &self.store
    }

    fn note<T: Label>(
        &self,
        operation: &'static str,
        start: Instant,
        answer: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let outcome = match &answer {
            Ok(answer) => answer.label(),
            Err(error) => error.kind().label(),
        };
        let labels = [("backend", self.backend), ("operation", operation), ("outcome", outcome)];
        metrics::counter!("session_store_calls_total", &labels).increment(1);
        metrics::histogram!("session_store_call_seconds", &labels).record(start.elapsed());
        answer
    }
}

impl<S: Store> Store for Metered<S> {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let start = Instant::now();
        self.note("load", start, self.store.load(key).await)
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        let start = Instant::now();
        self.note("create", start, self.store.create(key, write, cap).await)
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        let start = Instant::now();
        self.note("commit", start, self.store.commit(key, expected, write).await)
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        let start = Instant::now();
        self.note("touch", start, self.store.touch(key, expected, ttl).await)
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        let start = Instant::now();
        self.note("rotate", start, self.store.rotate(from, expected, to, write, tombstone).await)
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        let start = Instant::now();
        self.note("delete", start, self.store.delete(key, expected, tombstone).await)
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        let start = Instant::now();
        self.note("list", start, self.store.list(family, page).await)
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        let start = Instant::now();
        self.note("revoke", start, self.store.revoke(family, keep).await)
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        let start = Instant::now();
        self.note("sweep", start, self.store.sweep(limit).await)
    }
}

impl<S: BlockingStore> BlockingStore for Metered<S> {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let start = Instant::now();
        self.note("load", start, self.store.load(key))
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        let start = Instant::now();
        self.note("create", start, self.store.create(key, write, cap))
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        let start = Instant::now();
        self.note("commit", start, self.store.commit(key, expected, write))
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        let start = Instant::now();
        self.note("touch", start, self.store.touch(key, expected, ttl))
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        let start = Instant::now();
        self.note("rotate", start, self.store.rotate(from, expected, to, write, tombstone))
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        let start = Instant::now();
        self.note("delete", start, self.store.delete(key, expected, tombstone))
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        let start = Instant::now();
        self.note("list", start, self.store.list(family, page))
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        let start = Instant::now();
        self.note("revoke", start, self.store.revoke(family, keep))
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        let start = Instant::now();
        self.note("sweep", start, self.store.sweep(limit))
    }
}
