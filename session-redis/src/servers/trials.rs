use std::time::{Duration, Instant};

use crate::retry::{MAX_BACK_OFF, back_off};

/// The attempts to have a connection to one server that lasts. No I/O.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Trials {
    /// How many connections in a row were not made, or lasted for a moment only.
    failures: u32,
}

impl Trials {
    /// A connection was not made. Returns when the next attempt may be made.
    pub(crate) fn failed(&mut self, now: Instant) -> Instant {
        self.failures = self.failures.saturating_add(1);
        now + back_off(self.failures)
    }

    /// A connection of this age ends. Returns when the next may be made: at once, unless this one was made for the same reason
    /// a moment ago.
    pub(crate) fn ended(&mut self, age: Duration, now: Instant) -> Instant {
        if age > MAX_BACK_OFF {
            self.failures = 0;
        }
        let next = now + back_off(self.failures);
        self.failures = self.failures.saturating_add(1);
        next
    }

    /// Whether a connection of this age may be given up for another one, although it works.
    pub(crate) fn is_old_enough(&self, age: Duration) -> bool {
        age >= back_off(self.failures.saturating_sub(1))
    }

    #[cfg(feature = "tokio")]
    pub(crate) const fn succeeded(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::ZERO;
    const LONG: Duration = Duration::from_secs(1);

    #[test]
    fn the_pause_doubles_up_to_a_bound() {
        let (mut trials, now) = (Trials::default(), Instant::now());
        for pause in [50, 100, 200, 400, 500, 500] {
            assert_eq!(trials.failed(now), now + Duration::from_millis(pause));
        }
        #[cfg(feature = "tokio")]
        {
            trials.succeeded();
            assert_eq!(trials.failed(now), now + Duration::from_millis(50));
        }
    }

    #[test]
    fn a_connection_that_lasted_is_replaced_at_once() {
        let (mut trials, now) = (Trials::default(), Instant::now());
        assert_eq!(trials.ended(SHORT, now), now);
        for (pause, age) in [(50, 0), (100, 50), (200, 100)] {
            let age = Duration::from_millis(age);
            assert!(trials.is_old_enough(age) && (age.is_zero() || !trials.is_old_enough(SHORT)));
            assert_eq!(trials.ended(SHORT, now), now + Duration::from_millis(pause));
        }
        assert_eq!(trials.ended(LONG, now), now);
    }
}
