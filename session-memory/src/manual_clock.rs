use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::Clock;

/// A clock for tests. It stands still until it is advanced or set. Clones show the same time.
///
/// ```
/// use std::time::Duration;
/// use alo_session::{MemoryStore, memory::ManualClock};
///
/// let clock = ManualClock::new();
/// let store = MemoryStore::builder().clock(clock.clone()).build()?;
/// clock.advance(Duration::from_secs(300)); // five minutes have passed for the store
/// # Ok::<(), alo_session::memory::BuildError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ManualClock {
    now: Arc<Mutex<Duration>>,
}

impl ManualClock {
    /// Creates a clock at zero.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Moves the clock forward. At [`Duration::MAX`] it stands still.
    pub fn advance(&self, by: Duration) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(by);
    }

    /// Sets the time since the start of the clock. Unlike a real one, this clock may go back, so that a test can show that
    /// the store loses nothing by that.
    ///
    /// ```
    /// use std::time::Duration;
    /// use alo_session::memory::{Clock as _, ManualClock};
    ///
    /// let clock = ManualClock::new();
    /// clock.set(Duration::from_secs(300));
    /// clock.set(Duration::from_secs(60));
    /// assert_eq!(clock.now(), Duration::from_secs(60));
    /// ```
    pub fn set(&self, time: Duration) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_time_and_the_far_future_is_the_end() {
        let clock = ManualClock::new();
        clock.clone().advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Duration::from_secs(1));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Duration::MAX);
    }
}
