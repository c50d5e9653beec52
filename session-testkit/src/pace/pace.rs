use std::time::Duration;

use crate::limits::{BIG_CASE, LONGEST_WAIT};

/// The clock of the store under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// It moves only when the kit moves it, so no operation takes any time.
    Stands,
    /// It runs, and the kit can move it, so waiting costs nothing.
    RunsAndMoves,
    /// It runs, and the kit must wait.
    Runs,
}

/// How long the operations of a store take, and the times of the cases that follow from it. All pure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    read: Duration,
    write: Duration,
    slower: u32,
}

impl Default for Pace {
    /// A store whose answers take no time.
    fn default() -> Self {
        Self::new(Duration::ZERO, Duration::ZERO)
    }
}

impl Pace {
    /// The measured times of one read and of one write.
    pub(crate) const fn new(read: Duration, write: Duration) -> Self {
        Self { read, write, slower: 1 }
    }

    /// The same store for a case that found the usual times too short: its deadlines are this many times longer.
    pub(crate) const fn slower(self, times: u32) -> Self {
        Self { slower: times, ..self }
    }

    pub(crate) const fn read(self) -> Duration {
        self.read
    }

    pub(crate) const fn write(self) -> Duration {
        self.write
    }

    /// One read and one write.
    pub(crate) fn turn(self) -> Duration {
        self.read.saturating_add(self.write)
    }

    /// Whether most of the time of a case is spent waiting for answers.
    pub(crate) fn is_far(self) -> bool {
        self.turn() > Duration::from_millis(20)
    }

    /// A deadline short enough to wait for. Any case can do all that it has to do before it comes.
    pub(crate) fn short(self, clock: Clock, resolution: Duration) -> Duration {
        let short = match clock {
            Clock::Stands => Duration::from_millis(1),
            Clock::RunsAndMoves => self.longer(Duration::from_secs(10), 64),
            Clock::Runs => self.longer(Duration::from_millis(100), 16),
        };
        short.max(resolution * 8)
    }

    /// How long one operation of a random sequence may take. Its deadlines are known as exactly as that.
    pub(crate) fn margin(self, clock: Clock) -> Duration {
        match clock {
            Clock::Stands => Duration::ZERO,
            Clock::RunsAndMoves => self.longer(Duration::from_secs(3), 16),
            Clock::Runs => self.longer(Duration::from_millis(25), 4),
        }
    }

    /// The unit of the times to live in a random sequence, so long that two of them cannot be mistaken for each other.
    pub(crate) fn unit(self, clock: Clock, resolution: Duration) -> Duration {
        (self.margin(clock) * 4).max(Duration::from_millis(10)).max(resolution * 12)
    }

    fn longer(self, least: Duration, turns: u32) -> Duration {
        let usual = least.max(self.turn() * turns);
        let longer = (usual * self.slower).min(LONGEST_WAIT.max(usual));
        // The configuration of a session takes no parts of a millisecond.
        Duration::from_millis(u64::try_from(longer.as_millis()).unwrap_or(u64::MAX).saturating_add(1))
    }

    /// How long a case may take beyond the usual limit, however often it is tried.
    pub(crate) fn patience(self) -> Duration {
        self.turn() * 3000
    }

    /// How long a sequence of operations that breaks a rule is shortened.
    pub(crate) fn shrinking(self) -> Duration {
        (Duration::from_secs(10) + self.turn() * 300).min(LONGEST_WAIT * 2)
    }

    /// What an operation may take beyond the limit that the store documents.
    pub(crate) fn allowance(self) -> Duration {
        self.turn() * 20
    }

    /// How many items a big case has, each of which takes this many turns: all of them, or as many as end in
    /// reasonable time.
    pub(crate) fn affords(self, most: u32, turns: u32, least: u32) -> u32 {
        let each = (self.turn() * turns).as_nanos().max(1);
        u32::try_from(BIG_CASE.as_nanos() / each).unwrap_or(u32::MAX).clamp(least, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEAR: Pace = Pace::new(Duration::from_micros(80), Duration::from_micros(120));
    const FAR: Pace = Pace::new(Duration::from_millis(180), Duration::from_millis(720));
    const TICK: Duration = Duration::from_millis(1);

    #[test]
    fn a_deadline_leaves_room_for_the_operations_of_a_case() {
        assert_eq!(NEAR.short(Clock::Runs, TICK), Duration::from_millis(101));
        assert_eq!(FAR.short(Clock::Runs, TICK), Duration::from_millis(14_401));
        // A clock that stands needs no room, however far the store is.
        assert_eq!(FAR.short(Clock::Stands, TICK), Duration::from_millis(8));
    }

    #[test]
    fn a_slow_commit_counts_like_distance() {
        let slow = Pace::new(Duration::from_micros(100), Duration::from_millis(90));
        assert!(slow.is_far() && slow.short(Clock::Runs, TICK) > Duration::from_secs(1));
    }

    #[test]
    fn another_try_has_longer_deadlines_and_they_stay_bounded() {
        assert_eq!(NEAR.slower(4).short(Clock::Runs, TICK), Duration::from_millis(401));
        assert_eq!(FAR.slower(64).short(Clock::Runs, TICK), LONGEST_WAIT + TICK);
        assert_eq!(NEAR.slower(64).short(Clock::Stands, TICK), NEAR.short(Clock::Stands, TICK));
    }

    #[test]
    fn a_unit_is_longer_than_what_is_unknown_of_two_deadlines() {
        for pace in [NEAR, FAR, FAR.slower(16)] {
            for clock in [Clock::Stands, Clock::RunsAndMoves, Clock::Runs] {
                for resolution in [TICK, Duration::from_secs(1)] {
                    let unknown = (pace.margin(clock) + resolution * 2) * 2;
                    assert!(pace.unit(clock, resolution) > unknown, "{pace:?} {clock:?} {resolution:?}");
                }
            }
        }
    }

    #[test]
    fn a_big_case_is_whole_where_that_is_cheap() {
        assert_eq!(NEAR.affords(8, 48, 1), 8);
        assert_eq!(FAR.affords(8, 96, 1), 1);
    }
}
