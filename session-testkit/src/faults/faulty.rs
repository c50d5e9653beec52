use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    thread,
    time::Duration,
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, Store, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};

use crate::{Fault, Schedule};

/// A store in front of another, which fails as its schedule says. It has the faces of the store behind it.
///
/// ```
/// use session_core::{
///     id::{Algorithm, CookieId, Generator},
///     store::{Applied, BlockingStore as _, CreateOutcome, Revision, Write},
/// };
/// use session_testkit::{Fault, Faulty, ModelStore, Schedule};
/// use std::time::Duration;
///
/// let store = Faulty::new(ModelStore::new(), Schedule::new([Fault::FailAfter]));
/// let id = CookieId::generate(Algorithm::Sha256, None, &Generator)?;
/// let write = Write { next: Revision::from_bytes([1; 16]), data: b"cart", ttl: Duration::from_secs(300) };
///
/// // The answer is lost, so the same is asked again, and is stored once.
/// assert_eq!(store.create(id.key(), write, None).map_err(|error| error.applied()), Err(Applied::Unknown));
/// assert_eq!(store.create(id.key(), write, None)?, CreateOutcome::Created { evicted: vec![] });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Faulty<S> {
    store: S,
    schedule: Schedule,
}

impl<S> Faulty<S> {
    /// This store, failing by this schedule.
    pub const fn new(store: S, schedule: Schedule) -> Self {
        Self { store, schedule }
    }

    async fn meet<T: Send>(
        &self,
        ask: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        match self.schedule.next() {
            Fault::Pass => ask.await,
            Fault::FailBefore => Err(unavailable()),
            Fault::FailAfter => ask.await.and_then(|_| Err(lost())),
            Fault::Delay(time) => {
                tokio::time::sleep(time).await;
                ask.await
            }
            Fault::DropMidway => {
                let mut ask = pin!(ask);
                let ready = poll_fn(|context| Poll::Ready(ask.as_mut().poll(context))).await;
                match ready {
                    Poll::Ready(Err(error)) => Err(error),
                    Poll::Ready(Ok(_)) | Poll::Pending => Err(lost()),
                }
            }
        }
    }

    fn meet_blocking<T>(&self, ask: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        match self.schedule.next() {
            Fault::Pass => ask(),
            Fault::FailBefore => Err(unavailable()),
            Fault::FailAfter | Fault::DropMidway => ask().and_then(|_| Err(lost())),
            Fault::Delay(time) => {
                thread::sleep(time);
                ask()
            }
        }
    }
}

const fn unavailable() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, Applied::No)
}

const fn lost() -> StoreError {
    StoreError::new(StoreErrorKind::Timeout, Applied::Unknown)
}

impl<S: Store> Store for Faulty<S> {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        self.meet(self.store.load(key)).await
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        self.meet(self.store.create(key, write, cap)).await
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        self.meet(self.store.commit(key, expected, write)).await
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        self.meet(self.store.touch(key, expected, ttl)).await
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        self.meet(self.store.rotate(from, expected, to, write, tombstone)).await
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        self.meet(self.store.delete(key, expected, tombstone)).await
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        self.meet(self.store.list(family, page)).await
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        self.meet(self.store.revoke(family, keep)).await
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        self.meet(self.store.sweep(limit)).await
    }
}

impl<S: BlockingStore> BlockingStore for Faulty<S> {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        self.meet_blocking(|| self.store.load(key))
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        self.meet_blocking(|| self.store.create(key, write, cap))
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        self.meet_blocking(|| self.store.commit(key, expected, write))
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        self.meet_blocking(|| self.store.touch(key, expected, ttl))
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        self.meet_blocking(|| self.store.rotate(from, expected, to, write, tombstone))
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        self.meet_blocking(|| self.store.delete(key, expected, tombstone))
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        self.meet_blocking(|| self.store.list(family, page))
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        self.meet_blocking(|| self.store.revoke(family, keep))
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        self.meet_blocking(|| self.store.sweep(limit))
    }
}
