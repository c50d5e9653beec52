use std::{sync::Arc, time::Duration};

/// The clock of a store: the time since an arbitrary start, which never runs backwards.
///
/// ```
/// use std::time::Duration;
/// use alo_session::memory::{Clock, ManualClock};
///
/// let clock = ManualClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(1));
/// assert_eq!(clock.now() - before, Duration::from_secs(1));
/// ```
pub trait Clock: Send + Sync + 'static {
    /// Returns the time since the start of the clock. It ends 584 years after that: every later time is this one.
    ///
    /// Every operation of a store calls this once, so it should be quick.
    fn now(&self) -> Duration;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Duration {
        (**self).now()
    }
}
