use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, StoreError,
        Stored, TouchOutcome, Write,
    },
};

use super::{Answer, Face};

/// A store with the synchronous face.
pub(crate) struct Blocking<S>(pub(crate) S);

impl<S: BlockingStore> Face for Blocking<S> {
    fn load<'a>(&'a self, key: &'a StoreKey) -> Answer<'a, Option<Stored>> {
        Box::pin(async move { off_the_runtime(|| self.0.load(key)) })
    }

    fn create<'a>(
        &'a self,
        key: &'a StoreKey,
        write: Write<'a>,
        cap: Option<Cap>,
    ) -> Answer<'a, CreateOutcome> {
        Box::pin(async move { off_the_runtime(|| self.0.create(key, write, cap)) })
    }

    fn commit<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Revision,
        write: Write<'a>,
    ) -> Answer<'a, CommitOutcome> {
        Box::pin(async move { off_the_runtime(|| self.0.commit(key, expected, write)) })
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expected: Revision, ttl: Duration) -> Answer<'a, TouchOutcome> {
        Box::pin(async move { off_the_runtime(|| self.0.touch(key, expected, ttl)) })
    }

    fn rotate<'a>(
        &'a self,
        from: &'a StoreKey,
        expected: Revision,
        to: &'a StoreKey,
        write: Write<'a>,
        tombstone: Option<Write<'a>>,
    ) -> Answer<'a, RotateOutcome> {
        Box::pin(async move { off_the_runtime(|| self.0.rotate(from, expected, to, write, tombstone)) })
    }

    fn delete<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'a>>,
    ) -> Answer<'a, DeleteOutcome> {
        Box::pin(async move { off_the_runtime(|| self.0.delete(key, expected, tombstone)) })
    }

    fn list<'a>(&'a self, family: &'a Family) -> Answer<'a, Vec<(Digest, Stored)>> {
        Box::pin(async move { off_the_runtime(|| self.0.list(family)) })
    }

    fn revoke<'a>(&'a self, family: &'a Family, keep: Option<&'a Digest>) -> Answer<'a, u64> {
        Box::pin(async move { off_the_runtime(|| self.0.revoke(family, keep)) })
    }

    fn sweep(&self, limit: u32) -> Answer<'_, u64> {
        Box::pin(async move { off_the_runtime(|| self.0.sweep(limit)) })
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
