use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::{fixture::Hooks, pace::Clock};

/// The time of the store: what was added by hand, and what has passed by itself if its clock runs.
#[derive(Debug)]
pub(crate) struct Time {
    added: Mutex<Duration>,
    began: Option<Instant>,
    clock: Clock,
}

impl Time {
    pub(crate) fn of(hooks: &Hooks) -> Self {
        let clock = match (&hooks.clock, hooks.clock_runs) {
            (None, _) => Clock::Runs,
            (Some(_), true) => Clock::RunsAndMoves,
            (Some(_), false) => Clock::Stands,
        };
        let began = (clock != Clock::Stands).then(Instant::now);
        Self { added: Mutex::default(), began, clock }
    }

    pub(crate) const fn clock(&self) -> Clock {
        self.clock
    }

    /// Whether the kit must wait, because it cannot move the clock.
    pub(crate) fn is_real(&self) -> bool {
        self.clock == Clock::Runs
    }

    /// The time since the case began, by the clock of the store.
    pub(crate) fn now(&self) -> Duration {
        let ran = self.began.map(|began| began.elapsed()).unwrap_or_default();
        self.added.lock().unwrap_or_else(PoisonError::into_inner).saturating_add(ran)
    }

    pub(crate) fn pass(&self, hooks: &Hooks, time: Duration) {
        let time = whole_millis(time);
        let moved = self.set(hooks, |added| added.saturating_add(time));
        if !moved {
            // Every case has its own thread and may sleep on it.
            thread::sleep(time);
        }
    }

    /// Sets the clock of the store, also to an earlier time. Returns whether it can be moved at all.
    pub(crate) fn set(&self, hooks: &Hooks, to: impl FnOnce(Duration) -> Duration) -> bool {
        if hooks.clock.is_none() {
            return false;
        }
        let mut added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
        *added = to(*added);
        hooks.set_clock(*added);
        true
    }
}

/// The clock of a server may know whole milliseconds only.
fn whole_millis(time: Duration) -> Duration {
    let rest = u64::from(time.subsec_nanos() % 1_000_000);
    if rest == 0 { time } else { time.saturating_add(Duration::from_nanos(1_000_000 - rest)) }
}
