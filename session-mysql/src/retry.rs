//! How an operation is repeated, and every bound of the crate: numbers of attempts, times and sizes.
//!
//! | bound | value | what it limits |
//! |---|---|---|
//! | [`MAX_LOST_CONNECTIONS`] | 1 | attempts after a lost connection or reply, each on a new connection |
//! | [`MAX_DEADLOCKS`] | 16 | attempts after a deadlock |
//! | [`MAX_RACES`] | 8 | looks within one attempt, when other requests change the record in between |
//! | [`BUDGET`] | 1 s | an operation with all its attempts (`Builder::budget`) |
//! | [`CONNECT_TIMEOUT`] | 200 ms | connecting (`Builder::connect_timeout`), and a ping of the asynchronous store |
//! | [`RESPONSE_TIMEOUT`] | 500 ms | one reply (`Builder::response_timeout`) |
//! | [`POOL_SIZE`] | 8 | connections of a store (`Builder::pool_size`) |
//! | [`PING_AFTER`] | 30 s | how long a connection may be idle and still be used without a ping |
//! | `WAIT_TIMEOUT` | 8 h | how long `mysql_async` may keep an idle connection; it would ask the server otherwise |
//! | [`BATCH_PAUSE`] | 100 ms | the pause between two batches of expired sessions |
//! | [`MAX_TTL`] | 400 days | the life of a record |
//! | [`OWNER_ROW_MILLIS`] | 1 day | the life of an owner's row after its last use |
//! | `MAINTENANCE_CONNECT_TIMEOUT` | 5 s | connecting for maintenance, whose statements have no limit |
//!
//! Half of the budget, at least one second, is how long the server waits for a lock.

use std::{mem, time::Duration};

use session_core::store::Applied;

use crate::protocol::{DEADLOCK, Error, ErrorKind, MISSING_TABLE};

pub(crate) const MAX_LOST_CONNECTIONS: u32 = 1;
pub(crate) const MAX_DEADLOCKS: u32 = 16;
pub(crate) const MAX_RACES: u32 = 8;
pub(crate) const BUDGET: Duration = Duration::from_secs(1);
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_millis(200);
pub(crate) const RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);
pub(crate) const POOL_SIZE: u32 = 8;
pub(crate) const PING_AFTER: Duration = Duration::from_secs(30);
#[cfg(feature = "tokio")]
pub(crate) const WAIT_TIMEOUT: Duration = Duration::from_secs(8 * 3600);
pub(crate) const BATCH_PAUSE: Duration = Duration::from_millis(100);
pub(crate) const MAX_TTL: Duration = Duration::from_secs(400 * 86_400);
pub(crate) const OWNER_ROW_MILLIS: u32 = 86_400_000;
#[cfg(feature = "blocking")]
pub(crate) const MAINTENANCE_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The attempts at one operation: what follows from each that failed. No I/O.
///
/// Every write recognises its own repetition, so an operation whose reply was lost may be repeated.
#[derive(Debug)]
pub(crate) struct Retry {
    lost_connections: u32,
    deadlocks: u32,
    may_create_table: bool,
    /// The first error after which the operation may have been applied. A later attempt does not make it certain.
    unknown: Option<Error>,
}

/// What to do after an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Next {
    /// The connection is out of step, or the server has ended it.
    pub(crate) close_connection: bool,
    pub(crate) before_repeating: Remedy,
    /// Whether another attempt may do better.
    pub(crate) repeat: bool,
}

/// What may help the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    Nothing,
    CreateTable,
    /// One connection broke, and the idle ones probably broke with it.
    CloseIdleConnections,
    /// One connection did not reply in time. The idle ones may be dead, or the server is slow.
    PingIdleConnections,
}

impl Next {
    /// What follows from an attempt that succeeded.
    pub(crate) const DONE: Self =
        Self { close_connection: false, before_repeating: Remedy::Nothing, repeat: false };
}

impl Retry {
    pub(crate) const fn new(may_create_table: bool) -> Self {
        Self { lost_connections: 0, deadlocks: 0, may_create_table, unknown: None }
    }

    /// Whether the next attempt must not use an idle connection.
    pub(crate) const fn needs_new_connection(&self) -> bool {
        self.lost_connections > 0
    }

    /// Decides what follows from an attempt that failed. `is_repeatable` says whether the operation may be repeated although
    /// it may have been applied.
    pub(crate) fn next(&mut self, error: &Error, is_repeatable: bool) -> Next {
        let kind = &error.kind;
        let (before_repeating, repeat) = if kind.code() == Some(DEADLOCK) && self.deadlocks < MAX_DEADLOCKS {
            self.deadlocks += 1;
            (Remedy::Nothing, true)
        } else if kind.is_broken_connection() && self.lost_connections < MAX_LOST_CONNECTIONS {
            self.lost_connections += 1;
            let is_timeout = *kind == ErrorKind::Timeout;
            let remedy = if is_timeout { Remedy::PingIdleConnections } else { Remedy::CloseIdleConnections };
            (remedy, is_repeatable || error.applied == Applied::No)
        } else if kind.code() == Some(MISSING_TABLE) && mem::take(&mut self.may_create_table) {
            (Remedy::CreateTable, true)
        } else {
            (Remedy::Nothing, false)
        };
        Next { close_connection: !kind.is_reply(), before_repeating, repeat }
    }

    /// Remembers the error if the operation may have been applied.
    pub(crate) fn remember(&mut self, error: Error) {
        self.unknown = Some(self.give_up(error)).filter(|error| error.applied == Applied::Unknown);
    }

    /// The error of the whole operation, when this was the last attempt.
    pub(crate) fn give_up(&mut self, error: impl Into<Error>) -> Error {
        self.unknown.take().unwrap_or_else(|| error.into())
    }

    /// The result of the whole operation, when an attempt came to an outcome. That a second attempt found nothing to do says
    /// nothing of the first.
    pub(crate) fn succeed<T>(self, is_done: bool, outcome: T) -> Result<T, Error> {
        match self.unknown {
            Some(unknown) if !is_done => Err(unknown),
            _ => Ok(outcome),
        }
    }
}
