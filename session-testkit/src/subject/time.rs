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
        match (self, &hooks.clock) {
            (Self::Moved(now), Some(clock)) => {
                let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
                clock(&time);
                *now = now.saturating_add(time);
            }
            // Every case has its own thread and may sleep on it.
            _ => thread::sleep(time),
        }
    }
}
