use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, mpsc::SyncSender},
    time::{Duration, Instant},
};

use session_core::store::StoreError;

use super::{connection::Connection, pool::Lent};
use crate::{retry::answers, servers::Trials};

/// The connections to one server, and who waits for one. No I/O.
#[derive(Default)]
pub(super) struct Server {
    idle: Vec<Connection>,
    /// How many are lent.
    lent: u32,
    /// How many are being made.
    opening: u32,
    pub(super) waiting: VecDeque<Waiting>,
    trials: Trials,
    failure: Option<Failure>,
    /// Connections of an earlier generation are not used any more.
    generation: u64,
}

/// A caller that waits, and when its request came.
pub(super) struct Waiting {
    pub(super) came: Instant,
    pub(super) sender: SyncSender<Result<Lent, Arc<StoreError>>>,
}

/// Why there is no connection, when the attempt began, and until when there is no other one.
struct Failure {
    error: Arc<StoreError>,
    began: Instant,
    until: Instant,
}

/// What can be done for those who wait.
pub(super) enum Next {
    Give(Connection, Waiting),
    Tell(Vec<Waiting>, Arc<StoreError>),
    Open,
    Nothing,
}

impl Server {
    /// An idle connection that may be used. The one used last is the least likely to have been closed meanwhile.
    pub(super) fn take(&mut self, now: Instant) -> Option<Connection> {
        if !self.waiting.is_empty() {
            return None;
        }
        while let Some(connection) = self.idle.pop() {
            if connection.is_usable(now) {
                return Some(connection);
            }
        }
        None
    }

    /// Takes note of a connection that is lent. Returns its generation.
    pub(super) const fn lend(&mut self) -> u64 {
        self.lent += 1;
        self.generation
    }

    /// Takes a connection back. Returns what must be closed.
    pub(super) fn put_back(
        &mut self,
        connection: Option<Connection>,
        generation: u64,
        now: Instant,
    ) -> Option<Connection> {
        self.lent = self.lent.saturating_sub(1);
        match connection {
            Some(connection) if generation == self.generation && connection.is_usable(now) => {
                self.idle.push(connection);
                None
            }
            closed => closed,
        }
    }

    /// An attempt that began then has ended.
    pub(super) fn opened(&mut self, began: Instant, opened: Result<Connection, StoreError>, now: Instant) {
        self.opening = self.opening.saturating_sub(1);
        match opened {
            Ok(connection) => {
                self.failure = None;
                self.idle.push(connection);
            }
            Err(error) => {
                let until = self.trials.failed(now);
                self.failure = Some(Failure { error: Arc::new(error), began, until });
            }
        }
    }

    /// Why there is no connection for a request that came then, unless one that is used may come back.
    pub(super) fn failure(&self, now: Instant, came: Instant) -> Option<&Arc<StoreError>> {
        let failure = self.failure.as_ref()?;
        let is_told = self.lent == 0 && now < failure.until && answers(&failure.error, failure.began, came);
        is_told.then_some(&failure.error)
    }

    pub(super) fn next(&mut self, size: u32, now: Instant) -> Next {
        if self.waiting.is_empty() {
            return Next::Nothing;
        }
        // It was made or used a moment ago.
        if let Some(connection) = self.idle.pop() {
            return match self.waiting.pop_front() {
                Some(first) => Next::Give(connection, first),
                None => Next::Nothing,
            };
        }
        if let Some(failure) = self.waiting.iter().find_map(|waiting| self.failure(now, waiting.came)) {
            let failure = Arc::clone(failure);
            let (told, waiting) = mem::take(&mut self.waiting)
                .into_iter()
                .partition::<Vec<_>, _>(|waiting| self.failure(now, waiting.came).is_some());
            self.waiting = waiting.into();
            return Next::Tell(told, failure);
        }
        if self.may_open(size, now) {
            self.opening += 1;
            return Next::Open;
        }
        Next::Nothing
    }

    /// As many as there are callers, and one at a time after a failure.
    fn may_open(&self, size: u32, now: Instant) -> bool {
        let is_allowed = match &self.failure {
            Some(failure) => self.opening == 0 && now >= failure.until,
            None => (self.opening as usize) < self.waiting.len(),
        };
        is_allowed && self.lent + self.opening < size
    }

    /// Returns what must be closed.
    pub(super) fn close(
        &mut self,
        generation: u64,
        is_broken: bool,
        age: Duration,
        now: Instant,
    ) -> Vec<Connection> {
        // Another request may have closed them already.
        if generation != self.generation || !(is_broken || self.trials.is_old_enough(age)) {
            return Vec::new();
        }
        self.trials.ended(age, now);
        self.generation += 1;
        mem::take(&mut self.idle)
    }

    pub(super) const fn is_used(&self) -> bool {
        self.lent > 0
    }

    pub(super) fn is_busy(&self) -> bool {
        self.lent + self.opening > 0 || !self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;
    use crate::protocol::errors::interrupted;

    /// A server that is back when the question comes must not be called down because of an attempt from before.
    #[test]
    fn the_failure_of_an_attempt_that_began_before_the_question_costs_another_attempt() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut server = Server::default();
        let wait = |server: &mut Server, came| {
            let (sender, _) = sync_channel(1);
            server.waiting.push_back(Waiting { came, sender });
        };
        wait(&mut server, at(0));
        assert!(matches!(server.next(8, at(0)), Next::Open));
        wait(&mut server, at(1));
        server.opened(at(0), Err(interrupted()), at(2));
        assert!(server.failure(at(2), at(0)).is_some() && server.failure(at(2), at(1)).is_none());
        let Next::Tell(told, _) = server.next(8, at(2)) else { panic!("one has waited for this") };
        assert_eq!((told.len(), server.waiting.len()), (1, 1));
        assert!(matches!(server.next(8, at(51)), Next::Nothing), "the pause is not over");
        assert!(matches!(server.next(8, at(52)), Next::Open));
        server.opened(at(52), Err(interrupted()), at(53));
        let Next::Tell(told, _) = server.next(8, at(53)) else { panic!("it began with this question") };
        assert_eq!((told.len(), server.waiting.len()), (1, 0));
    }
}
