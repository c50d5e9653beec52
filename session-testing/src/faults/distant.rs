use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use session_core::store::{
    Adapter, Answer, BlockingAdapter, BlockingStore, Call, Operation, Store, StoreError,
};

/// A store in front of another one that is as far away as you say. It has the APIs of the store behind it; the
/// asynchronous one needs the timer of tokio.
///
/// ```
/// use alo_session::store::BlockingStore;
/// use session_testing::Distant;
/// use std::time::Duration;
///
/// # fn far(store: impl BlockingStore) -> impl BlockingStore {
/// // On another continent, with a log that is synced at each commit, and with a line that is sometimes busy.
/// Distant::new(store, Duration::from_millis(90))
///     .with_slow_writes(Duration::from_millis(10))
///     .with_jitter(Duration::from_millis(5))
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Distant<S> {
    store: S,
    each_way: Duration,
    write: Duration,
    jitter: Duration,
    drawn: Arc<AtomicU64>,
}

impl<S> Distant<S> {
    /// Puts the store this far away. A round trip takes twice as long.
    pub fn new(store: S, each_way: Duration) -> Self {
        Self { store, each_way, write: Duration::ZERO, jitter: Duration::ZERO, drawn: Arc::default() }
    }

    /// Answers a write this much later than it was made, as a server does that makes it durable first. No time by default.
    #[must_use]
    pub fn with_slow_writes(self, commit: Duration) -> Self {
        Self { write: commit, ..self }
    }

    /// Adds up to this much to each way, by chance. No time by default.
    #[must_use]
    pub fn with_jitter(self, most: Duration) -> Self {
        Self { jitter: most, ..self }
    }

    fn there(&self) -> Duration {
        let draw =
            self.drawn.fetch_add(1, Ordering::Relaxed).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.each_way
            + self
                .jitter
                .mul_f64(f64::from(u32::try_from(draw >> 32).unwrap_or_default()) / f64::from(u32::MAX))
    }

    fn back(&self, operation: Operation) -> Duration {
        self.there() + if operation.is_read() { Duration::ZERO } else { self.write }
    }
}

impl<S: Store> Adapter for Distant<S> {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let operation = call.operation();
        tokio::time::sleep(self.there()).await;
        let answer = self.store.perform(call).await;
        tokio::time::sleep(self.back(operation)).await;
        answer
    }
}

impl<S: BlockingStore> BlockingAdapter for Distant<S> {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let operation = call.operation();
        thread::sleep(self.there());
        let answer = self.store.perform(call);
        thread::sleep(self.back(operation));
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_only_adds_and_writes_only_are_answered_later() {
        let [away, most, commit] = [90, 10, 20].map(Duration::from_millis);
        let store = Distant::new((), away).with_jitter(most).with_slow_writes(commit);
        let ways: Vec<Duration> = (0..100).map(|_| store.there()).collect();
        assert!(ways.iter().all(|way| (away..=away + most).contains(way)), "{ways:?}");
        assert!(ways.iter().max() > ways.iter().min());
        assert!(store.back(Operation::Load) <= away + most && store.back(Operation::Touch) >= away + commit);
    }
}
