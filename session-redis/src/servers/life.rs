use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    time::{Duration, Instant},
};

use crate::retry::MAX_IDLE;

/// How long a connection may be used. No I/O.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life {
    began: Instant,
    longest: Duration,
}

impl Life {
    /// Less up to a tenth, so that many connections do not end together.
    pub(crate) fn begin(longest: Duration) -> Self {
        let random = (RandomState::new().build_hasher().finish() % 1024) as u32;
        Self { began: Instant::now(), longest: longest.saturating_sub(longest / 10 * random / 1024) }
    }

    pub(crate) fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.began)
    }

    /// Whether a connection must be made that replaces this one.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        self.age(now) >= self.longest
    }
}

/// Whether a connection that was last used then may have been dropped by something between it and the server.
pub(crate) fn is_idle_for_too_long(last_used: Instant, now: Instant) -> bool {
    now.saturating_duration_since(last_used) >= MAX_IDLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_end_within_the_last_tenth_and_not_together() {
        let longest = Duration::from_secs(600);
        let lives: Vec<Duration> = (0..100).map(|_| Life::begin(longest).longest).collect();
        assert!(lives.iter().all(|life| (longest * 9 / 10..=longest).contains(life)), "{lives:?}");
        assert!(lives.iter().any(|life| *life != lives[0]), "{lives:?}");
        assert!(!Life::begin(longest).is_over(Instant::now() + longest / 2));
        assert!(Life::begin(longest).is_over(Instant::now() + longest));
    }
}
