use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use session_core::store::StoreError;

use crate::retry::{PAUSE, back_off};

/// When nodes are asked where the servers are: several together in a round, one round at a time, and the next one later
/// after a round that brought nothing. No I/O.
#[derive(Debug)]
pub(super) struct Rounds {
    /// A round that takes longer is given up; its task may have died with its runtime.
    limit: Duration,
    open: Option<Round>,
    number: u64,
    failures: u32,
    not_before: Option<Instant>,
    /// Why the last round brought nothing.
    failure: Option<Arc<StoreError>>,
}

#[derive(Debug)]
struct Round {
    began: Instant,
    /// How many nodes have not answered.
    missing: usize,
    /// Whether one has told something.
    has_answer: bool,
}

impl Rounds {
    pub(super) const fn new(limit: Duration) -> Self {
        Self { limit, open: None, number: 0, failures: 0, not_before: None, failure: None }
    }

    /// When the round that is under way began.
    pub(super) fn began(&self, now: Instant) -> Option<Instant> {
        let began = self.open.as_ref().map(|round| round.began);
        began.filter(|began| now.saturating_duration_since(*began) < self.limit)
    }

    pub(super) fn may_begin(&self, now: Instant) -> bool {
        self.began(now).is_none() && self.not_before.is_none_or(|time| now >= time)
    }

    /// Begins a round and returns its number.
    pub(super) fn begin(&mut self, nodes: usize, now: Instant) -> u64 {
        if self.open.take().is_some_and(|given_up| !given_up.has_answer) {
            self.failures += 1;
        }
        self.open = Some(Round { began: now, missing: nodes, has_answer: false });
        self.number += 1;
        self.number
    }

    /// Whether the last round brought nothing, so that there is nobody to wait for.
    pub(super) const fn has_failed(&self) -> bool {
        self.failures > 0
    }

    pub(super) const fn failure(&self) -> Option<&Arc<StoreError>> {
        self.failure.as_ref()
    }

    pub(super) fn is_open(&self, number: u64) -> bool {
        self.open.is_some() && number == self.number
    }

    /// A node has told something: for certain, or others may still know better. Returns whether the round has ended.
    pub(super) fn answered(&mut self, is_certain: bool, now: Instant) -> bool {
        let Some(round) = self.open.as_mut() else { return false };
        round.has_answer = true;
        round.missing = if is_certain { 0 } else { round.missing.saturating_sub(1) };
        self.failures = 0;
        self.failure = None;
        self.end(now)
    }

    /// A node has told nothing. Returns whether the round has ended.
    pub(super) fn failed(&mut self, error: StoreError, now: Instant) -> bool {
        let Some(round) = self.open.as_mut() else { return false };
        round.missing = round.missing.saturating_sub(1);
        if !round.has_answer {
            self.failure = Some(Arc::new(error));
        }
        self.end(now)
    }

    fn end(&mut self, now: Instant) -> bool {
        if self.open.as_ref().is_none_or(|round| round.missing > 0) {
            return false;
        }
        if self.open.take().is_some_and(|round| round.has_answer) {
            self.not_before = Some(now + PAUSE);
        } else {
            self.failures += 1;
            self.not_before = Some(now + back_off(self.failures));
        }
        true
    }
}
