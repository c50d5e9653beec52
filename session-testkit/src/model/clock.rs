use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A clock that moves only when it is told to. Clones show the same time.
///
/// ```
/// use session_testkit::ModelClock;
/// use std::time::Duration;
///
/// let clock = ModelClock::default();
/// clock.clone().advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), Duration::from_secs(60));
/// clock.set(Duration::from_secs(10)); // the clock steps back
/// assert_eq!(clock.now(), Duration::from_secs(10));
/// ```
#[derive(Debug, Clone, Default)]
pub struct ModelClock(Arc<Mutex<Duration>>);

impl ModelClock {
    /// How much time has passed since the clock was made.
    #[must_use]
    pub fn now(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the time since the clock was made, also to an earlier one.
    pub fn set(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    /// Moves the clock forward by this much.
    pub fn advance(&self, time: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(time);
    }
}
