use std::fmt;

use super::Verdict;
use crate::Outcome;

/// How many rules ended in which way, each rule once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// Rules that are kept: in every API at least one case was kept, and no case was broken.
    pub kept: usize,
    /// Rules that at least one case found broken.
    pub broken: usize,
    /// Rules that do not apply to the store.
    pub claimed_away: usize,
    /// Rules that no case could tell of, in at least one API.
    pub not_checked: usize,
}

impl Totals {
    /// The number of rules.
    #[must_use]
    pub const fn rules(&self) -> usize {
        self.kept + self.broken + self.claimed_away + self.not_checked
    }

    pub(super) fn of<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Self {
        let mut totals = Self::default();
        for verdict in verdicts {
            *match verdict.outcome() {
                Outcome::Kept => &mut totals.kept,
                Outcome::Broken(_) => &mut totals.broken,
                Outcome::ClaimedAway(_) => &mut totals.claimed_away,
                Outcome::NotChecked(_) => &mut totals.not_checked,
            } += 1;
        }
        totals
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "rules kept {}, broken {}, claimed away {}, not checked {}",
            self.kept, self.broken, self.claimed_away, self.not_checked
        )
    }
}
