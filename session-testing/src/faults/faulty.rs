use std::{
    future::{Future as _, poll_fn},
    pin::pin,
    task::Poll,
    thread,
};

use session_core::store::{
    Adapter, Answer, Applied, BlockingAdapter, BlockingStore, Call, Store, StoreError, StoreErrorKind,
};

use crate::{Fault, Schedule};

/// A store in front of another one that fails according to a schedule. It has the APIs of the store behind it.
///
/// ```
/// use alo_session::{
///     MemoryStore,
///     id::{Algorithm, CookieId, Generator},
///     store::{Applied, BlockingStore as _, CreateOutcome, Revision, Write},
/// };
/// use session_testing::{Fault, Faulty, Schedule};
/// use std::time::Duration;
///
/// let store = Faulty::new(MemoryStore::new(), Schedule::new([Fault::FailAfter]));
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
    /// Puts this schedule in front of a store.
    pub const fn new(store: S, schedule: Schedule) -> Self {
        Self { store, schedule }
    }
}

impl<S: Store> Adapter for Faulty<S> {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        match self.schedule.next(call.operation()) {
            Fault::Pass => self.store.perform(call).await,
            Fault::FailBefore => Err(unavailable()),
            Fault::FailAfter => self.store.perform(call).await.and_then(|_| Err(lost())),
            Fault::Delay(time) => {
                tokio::time::sleep(time).await;
                self.store.perform(call).await
            }
            Fault::DropMidway => {
                let mut ask = pin!(self.store.perform(call));
                let ready = poll_fn(|context| Poll::Ready(ask.as_mut().poll(context))).await;
                match ready {
                    Poll::Ready(Err(error)) => Err(error),
                    Poll::Ready(Ok(_)) | Poll::Pending => Err(lost()),
                }
            }
        }
    }
}

impl<S: BlockingStore> BlockingAdapter for Faulty<S> {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        match self.schedule.next(call.operation()) {
            Fault::Pass => self.store.perform(call),
            Fault::FailBefore => Err(unavailable()),
            Fault::FailAfter | Fault::DropMidway => self.store.perform(call).and_then(|_| Err(lost())),
            Fault::Delay(time) => {
                thread::sleep(time);
                self.store.perform(call)
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
