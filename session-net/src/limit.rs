use std::{
    fmt,
    time::{Duration, Instant},
};

use crate::bounds::MIN_TIMEOUT;

/// A deadline that knows the setting it comes from, so that an error can say what was too short.
///
/// ```
/// use session_net::Limit;
/// use std::time::Duration;
///
/// let connect = Limit::start("connect_timeout", Duration::from_millis(200));
/// let budget = Limit::start("budget", Duration::from_secs(1));
/// assert_eq!(connect.earlier(budget).to_string(), "`connect_timeout` of 200ms");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Limit {
    setting: &'static str,
    length: Duration,
    deadline: Instant,
}

impl Limit {
    /// The limit of this setting, which ends so long from now.
    pub fn start(setting: &'static str, length: Duration) -> Self {
        /// So long that nobody waits for its end, for a length that no clock can reach.
        const FOREVER: Duration = Duration::from_secs(100 * 365 * 86_400);
        let now = Instant::now();
        let deadline = now.checked_add(length).or_else(|| now.checked_add(FOREVER)).unwrap_or(now);
        Self { setting, length, deadline }
    }

    /// The limit of this setting that has begun before and ends at the deadline.
    pub const fn until(setting: &'static str, length: Duration, deadline: Instant) -> Self {
        Self { setting, length, deadline }
    }

    /// Whichever of the two ends first.
    pub fn earlier(self, other: Self) -> Self {
        if other.deadline < self.deadline { other } else { self }
    }

    /// The name of the setting.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        self.setting
    }

    /// When it ends.
    #[must_use]
    pub const fn deadline(&self) -> Instant {
        self.deadline
    }

    /// How much is left, zero after the end.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// How much is left, as the timeout of a socket: at least a millisecond, because zero would mean for ever.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.remaining().max(MIN_TIMEOUT)
    }

    /// Whether it has ended.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.remaining().is_zero()
    }
}

/// Names the setting and its length.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of {:?}", self.setting, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_without_end_is_no_panic() {
        let limit = Limit::start("budget", Duration::MAX);
        assert!(!limit.has_passed());
        assert!(limit.remaining() > Duration::from_secs(86_400));
    }

    #[test]
    fn a_timeout_is_never_zero() {
        let limit = Limit::start("budget", Duration::ZERO);
        assert!(limit.has_passed());
        assert_eq!((limit.remaining(), limit.timeout()), (Duration::ZERO, MIN_TIMEOUT));
    }

    #[test]
    fn the_earlier_one_is_named() {
        let (short, long) =
            (Limit::start("a", Duration::from_secs(1)), Limit::start("b", Duration::from_secs(2)));
        assert_eq!(short.earlier(long), long.earlier(short));
        assert_eq!(long.earlier(short).to_string(), "`a` of 1s");
    }
}
