use std::time::Duration;

/// A time of the store's clock, in nanoseconds since its start. The last one is 584 years after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Moment(u64);

impl Moment {
    pub(crate) fn new(since_start: Duration) -> Self {
        Self(u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX))
    }

    /// Returns the moment that is so much later, or the last one.
    pub(crate) fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(Self::new(time).0))
    }

    /// Returns the time from this moment to a later one; zero if it is not later.
    pub(crate) const fn until(self, later: Self) -> Duration {
        Duration::from_nanos(later.0.saturating_sub(self.0))
    }
}
