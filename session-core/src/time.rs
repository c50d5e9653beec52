use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A moment of the application's clock: milliseconds since the Unix epoch.
///
/// The core has no clock. The caller passes the time, so a test may pass any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Makes the moment that is `millis` milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Returns the time from `earlier` until this moment; zero if `earlier` is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Returns the moment `duration` later, at most `u64::MAX` milliseconds.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(Self::millis_of(duration)))
    }

    /// Returns the moment `duration` earlier, at the earliest 1970.
    pub(crate) fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(Self::millis_of(duration)))
    }

    /// The duration in milliseconds, at most `u64::MAX`.
    pub(crate) fn millis_of(duration: Duration) -> u64 {
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
    }
}

impl From<Timestamp> for SystemTime {
    /// A time that the system cannot represent becomes one that it can, later than every session.
    fn from(time: Timestamp) -> Self {
        latest(time.0, |since| UNIX_EPOCH.checked_add(since))
    }
}

impl From<SystemTime> for Timestamp {
    /// A time before 1970 becomes 1970.
    fn from(time: SystemTime) -> Self {
        Self(Self::millis_of(time.duration_since(UNIX_EPOCH).unwrap_or_default()))
    }
}

/// Windows ends in the year 30,828.
fn latest(millis: u64, at: impl Fn(Duration) -> Option<SystemTime>) -> SystemTime {
    (0..u64::BITS).find_map(|halved| at(Duration::from_millis(millis >> halved))).unwrap_or(UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_behind_the_end_of_the_system_is_a_late_one() {
        let end = Duration::from_secs(100 * 365 * 86_400);
        let on_system = |millis| latest(millis, |since| (since <= end).then(|| UNIX_EPOCH + since));
        assert_eq!(on_system(1000), UNIX_EPOCH + Duration::from_secs(1));
        assert!(on_system(u64::MAX) > UNIX_EPOCH + end / 2);
        assert!(SystemTime::from(Timestamp::from_millis(u64::MAX)) > UNIX_EPOCH + end);
    }
}
