use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::fixture::Hooks;

/// The time of the store: moved by hand, or the real one.
#[derive(Debug)]
pub(crate) enum Time {
    Moved(Mutex<Duration>),
    Real(Instant),
}

impl Time {
    pub(crate) fn of(hooks: &Hooks) -> Self {
        match hooks.clock {
            Some(_) => Self::Moved(Mutex::new(Duration::ZERO)),
            None => Self::Real(Instant::now()),
        }
    }

    pub(crate) const fn is_real(&self) -> bool {
        matches!(self, Self::Real(_))
    }

    /// The time since the case began, by the clock of the store.
    pub(crate) fn now(&self) -> Duration {
        match self {
            Self::Moved(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
            Self::Real(start) => start.elapsed(),
        }
    }

    pub(crate) fn pass(&self, hooks: &Hooks, time: Duration) {
        let moved = self.set(hooks, |now| now.saturating_add(time));
        if !moved {
            // Every case has its own thread and may sleep on it.
            thread::sleep(time);
        }
    }

    /// Sets the clock of the store, also to an earlier time. Returns whether it can be moved at all.
    pub(crate) fn set(&self, hooks: &Hooks, to: impl FnOnce(Duration) -> Duration) -> bool {
        let (Self::Moved(now), Some(clock)) = (self, &hooks.clock) else {
            return false;
        };
        let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = to(*now);
        clock(&now);
        true
    }
}
