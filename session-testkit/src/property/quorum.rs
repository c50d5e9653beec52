use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use crate::{
    limits::{FEWEST_SEQUENCES, SEQUENCES},
    violation::{Checked, Flaw},
};

/// How many random sequences were compared to their ends, and how many were thrown away, because an operation took
/// longer than the deadlines allow.
pub(super) struct Quorum {
    began: Instant,
    compared: Cell<u32>,
    thrown_away: Cell<u32>,
}

impl Quorum {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), compared: Cell::new(0), thrown_away: Cell::new(0) }
    }

    pub(super) fn compared(&self) {
        self.compared.set(self.compared.get() + 1);
    }

    pub(super) fn thrown_away(&self) {
        self.thrown_away.set(self.thrown_away.get() + 1);
    }

    /// Whether no further sequence is needed.
    pub(super) fn is_decided(&self) -> bool {
        is_decided(self.compared.get(), self.thrown_away.get(), self.began.elapsed())
    }

    /// Whether enough sequences were compared to call the rule kept.
    pub(super) fn verdict(&self) -> Checked {
        let (compared, thrown_away) = (self.compared.get(), self.thrown_away.get());
        if is_enough(compared, thrown_away) {
            return Ok(());
        }
        let drawn = compared + thrown_away;
        let reason =
            format!("only {compared} of {drawn} random sequences were as quick as their deadlines assume");
        Err(Flaw::Late(reason))
    }
}

fn is_enough(compared: u32, thrown_away: u32) -> bool {
    compared >= FEWEST_SEQUENCES && compared >= thrown_away
}

fn is_decided(compared: u32, thrown_away: u32, elapsed: Duration) -> bool {
    let hopeless = thrown_away >= compared + FEWEST_SEQUENCES;
    hopeless || (elapsed > SEQUENCES && is_enough(compared, thrown_away))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_whose_sequences_were_mostly_thrown_away_says_nothing() {
        assert!(is_enough(3, 3) && !is_enough(2, 0) && !is_enough(3, 4));
        let quorum = Quorum::new();
        quorum.compared();
        (0..5).for_each(|_| quorum.thrown_away());
        assert!(matches!(quorum.verdict(), Err(Flaw::Late(reason)) if reason.starts_with("only 1 of 6 ")));
    }

    #[test]
    fn sequences_are_drawn_until_there_are_enough_or_no_hope() {
        let (soon, late) = (Duration::ZERO, SEQUENCES * 2);
        assert!(!is_decided(100, 0, soon) && is_decided(3, 0, late));
        assert!(!is_decided(2, 0, late), "a store that is far away takes longer");
        assert!(is_decided(0, 3, soon) && !is_decided(0, 2, soon));
    }
}
