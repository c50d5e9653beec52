use std::{collections::VecDeque, time::Instant};

use crate::retry::{IDLE_LIMIT, PING_AFTER};

/// A connection of the pool, and what is known of it.
pub(crate) struct Pooled<C> {
    pub(crate) connection: C,
    pub(super) expires: Instant,
    /// How often all connections had been given up when this one was begun.
    pub(super) generation: u32,
    /// Whether an operation has succeeded on it.
    pub(super) is_proven: bool,
}

/// The connections that are not in use, the one that was used last on top.
pub(super) struct Idle<C> {
    connections: VecDeque<(Pooled<C>, Instant)>,
    suspect_since: Option<Instant>,
}

/// What is on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Top {
    Sound,
    /// It must be pinged before it is used.
    Doubtful,
    /// It is too old or was idle for too long.
    Over,
    Missing,
}

impl<C> Idle<C> {
    pub(super) const fn new() -> Self {
        Self { connections: VecDeque::new(), suspect_since: None }
    }

    pub(super) fn push(&mut self, connection: Pooled<C>, now: Instant) {
        self.connections.push_back((connection, now));
    }

    pub(super) fn top(&self, now: Instant) -> Top {
        let Some((connection, since)) = self.connections.back() else { return Top::Missing };
        let idle = now.saturating_duration_since(*since);
        if idle >= IDLE_LIMIT || connection.expires <= now {
            Top::Over
        } else if idle >= PING_AFTER || self.suspect_since.is_some_and(|suspect| *since <= suspect) {
            Top::Doubtful
        } else {
            Top::Sound
        }
    }

    pub(super) fn pop(&mut self) -> Option<Pooled<C>> {
        self.connections.pop_back().map(|(connection, _)| connection)
    }

    /// Takes out the connection that has been idle for longest.
    pub(super) fn pop_oldest(&mut self) -> Option<Pooled<C>> {
        self.connections.pop_front().map(|(connection, _)| connection)
    }

    /// Takes out the connection that has been idle for longest, if that is too long.
    pub(super) fn pop_stale(&mut self, now: Instant) -> Option<Pooled<C>> {
        let (_, since) = self.connections.front()?;
        if now.saturating_duration_since(*since) >= IDLE_LIMIT { self.pop_oldest() } else { None }
    }

    /// Marks the connections that are idle now as doubtful. They may be dead, or the server is slow; to close them all would
    /// give a slow server more to do.
    pub(super) const fn suspect(&mut self, now: Instant) {
        self.suspect_since = Some(now);
    }

    /// Takes out all connections, to be closed outside the lock.
    pub(super) fn take_all(&mut self) -> Vec<C> {
        self.connections.drain(..).map(|(pooled, _)| pooled.connection).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn pooled(connection: u8, expires: Instant) -> Pooled<u8> {
        Pooled { connection, expires, generation: 0, is_proven: true }
    }

    #[test]
    fn the_last_used_comes_first_and_what_is_old_is_not_used() {
        let (now, mut idle) = (Instant::now(), Idle::new());
        let at = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(idle.top(now), Top::Missing);
        idle.push(pooled(1, at(600)), now);
        idle.push(pooled(2, at(600)), at(1));
        assert_eq!(
            (idle.top(at(2)), idle.top(at(30)), idle.top(at(31))),
            (Top::Sound, Top::Sound, Top::Doubtful)
        );
        assert_eq!((idle.top(at(180)), idle.top(at(181))), (Top::Doubtful, Top::Over));
        assert!(idle.pop_stale(at(179)).is_none());
        assert!(idle.pop_stale(at(180)).is_some_and(|found| found.connection == 1));
        idle.suspect(at(2));
        assert_eq!(idle.top(at(2)), Top::Doubtful);
        idle.push(pooled(3, at(10)), at(3));
        assert_eq!((idle.top(at(9)), idle.top(at(10))), (Top::Sound, Top::Over));
        assert!(idle.pop().is_some_and(|found| found.connection == 3));
        assert!(idle.pop_oldest().is_some_and(|found| found.connection == 2));
        assert!(idle.pop().is_none());
    }
}
