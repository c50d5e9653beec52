use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, mpsc::SyncSender},
    time::{Duration, Instant},
};

use session_core::store::StoreError;

use super::{connection::Connection, pool::Lent};
use crate::servers::Trials;

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

/// A caller that waits.
pub(super) type Waiting = SyncSender<Result<Lent, Arc<StoreError>>>;

/// Why there is no connection, and until when this is told.
struct Failure {
    error: Arc<StoreError>,
    until: Instant,
}

/// What can be done for those who wait.
pub(super) enum Next {
    Give(Connection, Waiting),
    Tell(VecDeque<Waiting>, Arc<StoreError>),
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

    pub(super) fn opened(&mut self, opened: Result<Connection, StoreError>, now: Instant) {
        self.opening = self.opening.saturating_sub(1);
        match opened {
            Ok(connection) => {
                self.failure = None;
                self.idle.push(connection);
            }
            Err(error) => {
                let until = self.trials.failed(now);
                self.failure = Some(Failure { error: Arc::new(error), until });
            }
        }
    }

    /// Why there is no connection, unless one that is used may come back.
    pub(super) fn failure(&self, now: Instant) -> Option<&Arc<StoreError>> {
        let failure = self.failure.as_ref().filter(|failure| self.lent == 0 && now < failure.until);
        failure.map(|failure| &failure.error)
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
        if let Some(failure) = self.failure(now) {
            let failure = Arc::clone(failure);
            return Next::Tell(mem::take(&mut self.waiting), failure);
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
