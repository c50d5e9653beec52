use std::{fmt, time::Duration};

/// The result of a load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Writes that were acknowledged.
    pub acknowledged: u64,
    /// Writes that failed for certain, and requests that found no session.
    pub refused: u64,
    /// Writes that were cancelled or whose result is unknown.
    pub unknown: u64,
    /// Acknowledged writes that are missing at the end. Must be 0.
    pub lost: u64,
    /// Writes beyond the acknowledged and unknown ones, so that one was applied twice. Must be 0.
    pub doubled: u64,
    /// Requests that got the data of another session. Must be 0.
    pub foreign: u64,
    /// Sessions that are missing at the end. Must be 0.
    pub gone: u64,
    /// The longest time that a request took without being cancelled.
    pub longest_request: Duration,
    /// The longest time between two acknowledged writes.
    pub longest_silence: Duration,
}

/// What one writer saw of one session.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) acknowledged: u64,
    pub(super) refused: u64,
    pub(super) unknown: u64,
    pub(super) foreign: u64,
    pub(super) longest_request: Duration,
}

impl Seen {
    pub(super) fn add(&mut self, other: &Self) {
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.unknown += other.unknown;
        self.foreign += other.foreign;
        self.longest_request = self.longest_request.max(other.longest_request);
    }
}

impl Tally {
    /// Adds what the writers of a session saw and its counter at the end, `None` if the session is missing.
    pub(super) fn add(&mut self, seen: &Seen, counted: Option<u64>) {
        let count = counted.unwrap_or(0);
        self.acknowledged += seen.acknowledged;
        self.refused += seen.refused;
        self.unknown += seen.unknown;
        self.foreign += seen.foreign;
        self.lost += seen.acknowledged.saturating_sub(count);
        self.doubled += count.saturating_sub(seen.acknowledged + seen.unknown);
        self.gone += u64::from(counted.is_none());
        self.longest_request = self.longest_request.max(seen.longest_request);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, refused, unknown, lost, doubled, foreign, gone, .. } = self;
        write!(
            f,
            "{acknowledged} writes acknowledged, {refused} refused, {unknown} unknown; {lost} lost, {doubled} applied twice, \
             {foreign} answers of another session, {gone} sessions gone; the longest request took {:.0?}, the longest \
             time without a write {:.0?}",
            self.longest_request, self.longest_silence
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_and_what_is_there_are_compared() {
        let seen = Seen { acknowledged: 10, unknown: 2, ..Seen::default() };
        for (counted, lost, doubled, gone) in [
            (Some(10), 0, 0, 0),
            (Some(12), 0, 0, 0),
            (Some(9), 1, 0, 0),
            (Some(13), 0, 1, 0),
            (None, 10, 0, 1),
        ] {
            let mut tally = Tally::default();
            tally.add(&seen, counted);
            assert_eq!((tally.lost, tally.doubled, tally.gone), (lost, doubled, gone), "{counted:?}");
        }
    }
}
