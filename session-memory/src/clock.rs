use std::{sync::Arc, time::Duration};

/// What a store measures deadlines with: time since an arbitrary start that never runs backwards.
///
/// ```
/// use std::time::Duration;
/// use session_memory::{Clock, ManualClock};
///
/// let clock = ManualClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(1));
/// assert_eq!(clock.now() - before, Duration::from_secs(1));
/// ```
pub trait Clock: Send + Sync + 'static {
    /// The time since the clock's start.
    ///
    /// It must never be less than an earlier answer, on any thread. The store asks while it holds the lock of a
    /// shard, so this must be quick and must not call the store.
    fn now(&self) -> Duration;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Duration {
        (**self).now()
    }
}
