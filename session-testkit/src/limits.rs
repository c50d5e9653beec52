//! How long the suite goes on or waits, all in one place. What waits for the store is far above what the store takes,
//! because a busy machine is normal.

use std::time::Duration;

/// A case has ended. No case takes nearly as long on a store that answers.
pub(crate) const CASE_ENDED: Duration = Duration::from_secs(300);

/// After so many cases that did not end, no further case of the store is run.
pub(crate) const HUNG_CASES: u32 = 3;

/// One operation has ended, whatever the server does, unless the fixture says otherwise.
pub(crate) const OPERATION_ENDED: Duration = Duration::from_secs(30);

/// A race is not tried again after this time, but tried [`FEWEST_RACES`] times at least.
pub(crate) const RACES: Duration = Duration::from_millis(1500);

/// How often a race is tried at least, even on a slow store.
pub(crate) const FEWEST_RACES: u32 = 20;

/// How often a race is tried at most.
pub(crate) const MOST_RACES: u32 = 120;

/// No more random sequences are drawn after this time: a busy machine must not look like a store that hangs.
pub(crate) const SEQUENCES: Duration = Duration::from_secs(20);
