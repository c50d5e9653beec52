use std::{
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::fixture::Hooks;

/// The time of the store as the kit can know it: moved by hand, or read off the wall.
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

    /// How long ago the case began, in the store's time.
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
            // Every case has a thread of its own, so that it may sleep on it.
            _ => thread::sleep(time),
        }
    }
}
