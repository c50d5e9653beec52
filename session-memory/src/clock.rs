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
    /// Every operation of a store asks once, so this should be quick.
    fn now(&self) -> Duration;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Duration {
        (**self).now()
    }
}
