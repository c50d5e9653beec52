//! How long the suite goes on or waits, all in one place. What waits for the store is far above what the store takes,
//! because a busy machine is normal.

use std::time::Duration;

/// A case has ended. No case takes nearly as long on a store that answers.
pub(crate) const CASE_ENDED: Duration = Duration::from_secs(300);

/// After so many cases that did not end, no further case of the store is run.
pub(crate) const HUNG_CASES: u32 = 3;

/// One operation has ended, whatever the server does, unless the fixture says otherwise.
pub(crate) const OPERATION_ENDED: Duration = Duration::from_secs(30);

/// A race goes on for this long, and for [`USUAL_RACES`] rounds at least.
const RACES: Duration = Duration::from_millis(1500);

/// How often a race is tried, even on a slow store or a busy machine.
const USUAL_RACES: u32 = 20;

/// The rounds of a race end after this time, though there were fewer, because the store is far away. There the gap
/// between two steps of a wrong store is as long as the distance, so each round shows it.
const SLOW_RACES: Duration = Duration::from_secs(15);

/// How often a race is tried, however far the store is.
const FEWEST_RACES: u32 = 6;

/// How often a race is tried at most.
const MOST_RACES: u32 = 120;

/// Whether a race has another round after so many, which took this long.
pub(crate) fn has_another_round(rounds: u32, elapsed: Duration) -> bool {
    rounds < FEWEST_RACES
        || (rounds < USUAL_RACES && elapsed < SLOW_RACES)
        || (rounds < MOST_RACES && elapsed < RACES)
}

/// No more random sequences are drawn after this time, but [`FEWEST_SEQUENCES`] are.
pub(crate) const SEQUENCES: Duration = Duration::from_secs(20);

/// So many random sequences must have been compared to their ends.
pub(crate) const FEWEST_SEQUENCES: u32 = 3;

/// What the items of a big case may take in all. With a store that is far away, it has fewer.
pub(crate) const BIG_CASE: Duration = Duration::from_secs(20);

/// The longest deadline that a case waits for, unless the store is so far away that it needs a longer one.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The time that is spent on measuring an API of a store. The round that has begun is ended.
pub(crate) const MEASURING: Duration = Duration::from_secs(2);

/// One API has been measured. A store that takes longer is treated as a near one that does not answer.
pub(crate) const MEASURED: Duration = Duration::from_secs(60);

/// How long the kit waits for what has expired to go by itself, where the clock of the store cannot be moved.
pub(crate) const GRACE: Duration = Duration::from_secs(30);

/// Beside a session that lives on others come and go for this long.
pub(crate) const GROWTH: Duration = Duration::from_millis(1500);

/// How many sessions at most come and go beside one that lives on.
pub(crate) const MOST_GONE: u32 = 3_000;

/// The process of a peer serves. It is the same program, which may start servers of its own first.
pub(crate) const PEER_STARTED: Duration = Duration::from_secs(60);

/// The process of a peer has answered: far more than any operation takes.
pub(crate) const PEER_ANSWERED: Duration = Duration::from_secs(120);

/// The end of a process whose connection broke can be seen.
pub(crate) const PEER_ENDED: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_race_has_fewer_rounds_the_farther_the_store_is() {
        let rounds = |each: u32| {
            (0..).take_while(move |round| {
                has_another_round(*round, Duration::from_millis(u64::from(each * *round)))
            })
        };
        assert_eq!([1, 50, 200, 4000].map(|each| rounds(each).count()), [120, 30, 20, 6]);
    }
}
