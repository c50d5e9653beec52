use std::time::{Duration, SystemTime};

use session_core::Timestamp;
use session_memory::ManualClock;

/// The time of a test. It begins at the present, and stands still until it is moved. Clones show the same time.
///
/// A [`Site`](crate::Site) has one, and its store, its layer and its browsers follow it. Without a site, the store and whoever
/// uses it are each told once:
///
/// ```
/// use alo_session::{MemoryStore, SessionConfig, SessionLayer};
/// use session_testing::Clock;
///
/// let clock = Clock::new();
/// let store = MemoryStore::builder().clock(clock.clone()).build()?;
/// let layer = SessionLayer::new(store, SessionConfig::website()).clock(clock.reader());
/// clock.advance(std::time::Duration::from_mins(31)); // for both
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Clock {
    start: Timestamp,
    passed: ManualClock,
}

impl Clock {
    /// Creates a clock that shows the present.
    #[must_use]
    pub fn new() -> Self {
        Self { start: SystemTime::now().into(), passed: ManualClock::new() }
    }

    /// Returns its time, as [`Sessions`](session_core::Sessions) take it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.start.after(session_memory::Clock::now(&self.passed))
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        self.passed.advance(by);
    }

    /// Returns a function that reads it, for [`SessionLayer::clock`](session_tower::SessionLayer::clock) and
    /// [`Context::clocked`](session_core::Context::clocked).
    pub fn reader(&self) -> impl Fn() -> Timestamp + Send + Sync + 'static {
        let clock = self.clone();
        move || clock.now()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl session_memory::Clock for Clock {
    fn now(&self) -> Duration {
        session_memory::Clock::now(&self.passed)
    }
}
