use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, Store, StoreError, Stored, TouchOutcome, Write,
    },
};

/// A store with the synchronous face, as one that never waits.
pub(crate) struct Blocking<S>(pub(crate) S);

impl<S: BlockingStore> Store for Blocking<S> {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        off_the_runtime(|| self.0.load(key))
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        off_the_runtime(|| self.0.create(key, write, cap))
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        off_the_runtime(|| self.0.commit(key, expected, write))
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        off_the_runtime(|| self.0.touch(key, expected, ttl))
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        off_the_runtime(|| self.0.rotate(from, expected, to, write, tombstone))
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        off_the_runtime(|| self.0.delete(key, expected, tombstone))
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        off_the_runtime(|| self.0.list(family, page))
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        off_the_runtime(|| self.0.revoke(family, keep))
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        off_the_runtime(|| self.0.sweep(limit))
    }
}

/// A blocking store must work without a runtime, and may refuse to work inside one: beside the asynchronous face
/// it gets a thread of its own.
fn off_the_runtime<T: Send>(ask: impl FnOnce() -> Result<T, StoreError> + Send) -> Result<T, StoreError> {
    if tokio::runtime::Handle::try_current().is_err() {
        return ask();
    }
    std::thread::scope(|scope| match scope.spawn(ask).join() {
        Ok(answer) => answer,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
