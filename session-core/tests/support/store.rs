use std::{
    pin::pin,
    sync::{Mutex, PoisonError},
    task::{Context as TaskContext, Poll, Waker},
    time::Duration,
};

use session_core::{
    exchange::{Answer, Call},
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, Store, StoreError, Stored, TouchOutcome, Write,
    },
};

use super::World;

/// The world as a store with both faces.
#[derive(Debug, Default)]
pub struct Shared(pub Mutex<World>);

macro_rules! answered {
    ($self:expr, $kind:ident, $call:expr) => {
        match $self.0.lock().unwrap_or_else(PoisonError::into_inner).try_perform(&$call)? {
            Answer::$kind(outcome) => Ok(outcome),
            other => panic!("{other:?}"),
        }
    };
}

impl BlockingStore for Shared {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        answered!(self, Load, Call::Load { key: *key })
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        answered!(self, Create, Call::Create { key: *key, write, cap })
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        answered!(self, Commit, Call::Commit { key: *key, expected, write })
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        answered!(self, Touch, Call::Touch { key: *key, expected, ttl })
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        answered!(self, Rotate, Call::Rotate { from: *from, expected, to: *to, write, tombstone })
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        answered!(self, Delete, Call::Delete { key: *key, expected, tombstone })
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        answered!(self, List, Call::List { family: *family, page })
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        answered!(self, Revoke, Call::Revoke { family: *family, keep: keep.copied() })
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        answered!(self, Sweep, Call::Sweep { limit })
    }
}

impl Store for Shared {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        BlockingStore::load(self, key)
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        BlockingStore::create(self, key, write, cap)
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        BlockingStore::commit(self, key, expected, write)
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        BlockingStore::touch(self, key, expected, ttl)
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        BlockingStore::rotate(self, from, expected, to, write, tombstone)
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        BlockingStore::delete(self, key, expected, tombstone)
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        BlockingStore::list(self, family, page)
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        BlockingStore::revoke(self, family, keep)
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        BlockingStore::sweep(self, limit)
    }
}

/// Runs a future that never waits.
pub fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}
