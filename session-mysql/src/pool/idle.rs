use std::{mem, time::Instant};

use crate::retry::PING_AFTER;

/// The connections that are not in use, the one that was used last on top.
pub(crate) struct Idle<C> {
    connections: Vec<(C, Instant)>,
    suspect_since: Option<Instant>,
}

/// An idle connection that may be used again.
pub(crate) struct Candidate<C> {
    pub(crate) connection: C,
    /// Whether it must be pinged first.
    pub(crate) is_doubtful: bool,
}

impl<C> Idle<C> {
    pub(crate) fn push(&mut self, connection: C) {
        self.connections.push((connection, Instant::now()));
    }

    pub(crate) fn pop(&mut self) -> Option<Candidate<C>> {
        let (connection, since) = self.connections.pop()?;
        let is_suspect = self.suspect_since.is_some_and(|suspect| since < suspect);
        Some(Candidate { connection, is_doubtful: is_suspect || since.elapsed() >= PING_AFTER })
    }

    /// Takes out the connection that has been idle for longest, to make room for a new one.
    pub(crate) fn pop_oldest(&mut self) -> Option<C> {
        (!self.connections.is_empty()).then(|| self.connections.remove(0).0)
    }

    /// Marks the connections that are idle now as doubtful. They may be dead, or the server is slow; to close them all would
    /// give a slow server more to do.
    pub(crate) fn suspect(&mut self) {
        self.suspect_since = Some(Instant::now());
    }

    /// Takes out all connections, to be closed outside the lock.
    pub(crate) fn take_all(&mut self) -> Vec<(C, Instant)> {
        mem::take(&mut self.connections)
    }
}

impl<C> Default for Idle<C> {
    fn default() -> Self {
        Self { connections: Vec::new(), suspect_since: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_used_comes_first_and_suspects_are_in_doubt() {
        let mut idle = Idle::default();
        idle.push(1);
        idle.push(2);
        assert!(idle.pop().is_some_and(|found| found.connection == 2 && !found.is_doubtful));
        idle.push(4);
        assert_eq!(idle.pop_oldest(), Some(1));
        assert!(idle.pop().is_some_and(|found| found.connection == 4));
        assert_eq!(idle.pop_oldest(), None);
        idle.push(1);
        idle.suspect();
        idle.push(3);
        assert!(idle.pop().is_some_and(|found| found.connection == 3 && !found.is_doubtful));
        assert!(idle.pop().is_some_and(|found| found.connection == 1 && found.is_doubtful));
        assert!(idle.pop().is_none());
    }
}
