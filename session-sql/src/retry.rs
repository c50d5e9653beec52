//! How an operation is repeated, and every bound of the crate: numbers of attempts, times and sizes.
//!
//! | bound | value | what it limits |
//! |---|---|---|
//! | [`MAX_LOST_CONNECTIONS`] | 1 | attempts after a lost connection or reply, each on a new connection |
//! | [`MAX_WRONG_SERVERS`] | 3 | attempts after the answer of a server that does not serve, each on another connection |
//! | [`MAX_CONFLICTS`] | 16 | attempts after the server rolled back so that others could go on |
//! | [`CONFLICT_PAUSE`] | 100 ms | the longest pause before such an attempt but the first: at random, from 2 ms on doubled |
//! | [`MAX_RACES`] | 8 | looks within one attempt, when other requests change the record in between |
//! | [`LIMITS`]`.budget` | 2 s | an operation with all its attempts (`Builder::budget`) |
//! | [`LIMITS`]`.response_timeout` | 1.5 s | one reply (`Builder::response_timeout`); the server gives up a lock after 1 s |
//! | [`LIMITS`]`.connect_timeout` | 5 s | connecting, which happens beside the operations (`Builder::connect_timeout`) |
//! | [`LIMITS`]`.pool_size` | 8 | connections of a store (`Builder::pool_size`) |
//! | [`LIMITS`]`.connection_lifetime` | 10 min | the life of a connection, and up to a tenth less (`Builder::connection_lifetime`) |
//! | [`PING_AFTER`] | 30 s | how long a connection may be idle and still be used without a ping |
//! | [`IDLE_LIMIT`] | 3 min | how long a connection may be idle and is not closed |
//! | [`PING_TIMEOUT`] | 500 ms | a ping; then the operation waits for another connection |
//! | [`RIVAL_AFTER`] | 1 s | how long an attempt to connect is waited for before another one is begun as well |
//! | [`LOOK_AGAIN`] | 50 ms | when one who waits for a connection looks for one unwoken |
//! | [`TRAVELS`] | 500 ms | when one that travels with another looks for a connection itself |
//! | [`TOGETHER`] | 16 | loads, new sessions or commits in one statement |
//! | [`SHORT`] | 1,024 bytes | the record that travels with others: no server refuses sixteen of them |
//! | [`BACK_OFF`] | 10 to 200 ms | the pause after a failed attempt to connect, doubled each time |
//! | [`RENEW_AFTER`] | 1 s | how soon all idle connections are closed again because the server was the wrong one |
//! | [`WRONG_IN_A_ROW`] | 8 | answers of wrong servers, without a write between, after which all servers count as such |
//! | [`AT_ONCE`] | 500 ms | a refusal that comes faster has waited for no lock |
//! | [`BATCH_PAUSE`] | 100 ms | the pause between two batches of expired sessions |
//! | [`MAX_TTL`] | 400 days | the life of a record |
//! | [`OWNER_ROW_MILLIS`] | 1 day | the life of an owner's row without a mark after its last use |
//! | [`MARK_MILLIS`] | 401 days | the life of an owner's row after its mark was raised: longer than any session that it ends |
//! | [`FEW`] | 8 | sessions that a sign-in ends one by one; more end by the owner's mark |
//! | [`DEVICES`] | 512 to 16,384 | rows of an owner's sessions in one reply |
//! | [`REMOVED`] | 64 to 1,024 | rows of ended sessions that one statement removes |
//! | [`KEEPALIVE`] | 30 s | the silence after which the system asks whether the other end is there |
//!
//! The server waits for a lock for half of the shorter of budget and response timeout, in whole seconds, one at least.

use std::{mem, time::Duration};

use session_core::store::Applied;
use session_net::Limits;

use crate::{Class, Error, ErrorKind, batch::Batch};

pub(crate) const MAX_LOST_CONNECTIONS: u32 = 1;
pub(crate) const MAX_WRONG_SERVERS: u32 = 3;
pub(crate) const MAX_CONFLICTS: u32 = 16;
pub(crate) const CONFLICT_PAUSE: u8 = 100;
pub(crate) const MAX_RACES: u32 = 8;
pub(crate) const LIMITS: Limits = Limits {
    budget: Duration::from_secs(2),
    response_timeout: Duration::from_millis(1500),
    connect_timeout: Duration::from_secs(5),
    pool_size: 8,
    connection_lifetime: Duration::from_secs(600),
};
pub(crate) const PING_AFTER: Duration = Duration::from_secs(30);
pub(crate) const IDLE_LIMIT: Duration = Duration::from_secs(180);
/// How long a ping may take.
pub const PING_TIMEOUT: Duration = Duration::from_millis(500);
pub(crate) const RIVAL_AFTER: Duration = Duration::from_secs(1);
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(50);
#[cfg(feature = "tokio")]
pub(crate) const TRAVELS: Duration = Duration::from_millis(500);
#[cfg(feature = "tokio")]
pub(crate) const TOGETHER: usize = 16;
#[cfg(feature = "tokio")]
pub(crate) const SHORT: usize = 1024;
pub(crate) const BACK_OFF: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(200)];
pub(crate) const RENEW_AFTER: Duration = Duration::from_secs(1);
pub(crate) const WRONG_IN_A_ROW: u32 = 8;
pub(crate) const AT_ONCE: Duration = Duration::from_millis(500);
/// The pause between two batches of expired sessions.
pub const BATCH_PAUSE: Duration = Duration::from_millis(100);
pub(crate) const MAX_TTL: Duration = Duration::from_secs(400 * 86_400);
pub(crate) const OWNER_ROW_MILLIS: u32 = 86_400_000;
pub(crate) const MARK_MILLIS: u64 = 401 * 86_400_000;
pub(crate) const FEW: usize = 8;
pub(crate) const DEVICES: Batch = Batch::new(512, 16_384);
pub(crate) const REMOVED: Batch = Batch::new(64, 1024);
/// The silence on a connection after which the system asks whether the other end is there.
pub const KEEPALIVE: Duration = Duration::from_secs(30);

/// The attempts at one operation: what follows from each that failed. No I/O.
///
/// Every write recognises its own repetition, so an operation whose reply was lost may be repeated.
#[derive(Debug)]
pub(crate) struct Retry {
    lost_connections: u32,
    wrong_servers: u32,
    conflicts: u32,
    may_create_table: bool,
    /// The first error after which the operation may have been applied. A later attempt does not make it certain.
    unknown: Option<Error>,
}

/// What to do after an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Next {
    pub(crate) connection: Fate,
    pub(crate) before_repeating: Remedy,
    /// Whether another attempt may do better.
    pub(crate) repeat: bool,
}

/// What becomes of the connection of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Keep,
    /// It is out of step.
    Close,
    /// It broke, or the server or a proxy has ended it.
    Fail,
    /// Its server does not serve.
    Leave,
}

/// What may help the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    Nothing,
    /// Others are in the same place; all of them try again, and must not do so together. A random part of these milliseconds.
    Pause(u8),
    CreateTable,
    /// One connection broke, and the idle ones probably broke with it.
    CloseIdleConnections,
    /// One connection did not reply in time. The idle ones may be dead, or the server is slow.
    PingIdleConnections,
}

impl Next {
    /// What follows from an attempt that succeeded, or that no other one can better.
    pub(crate) const DONE: Self = Self::of(Fate::Keep, Remedy::Nothing, false);

    const fn of(connection: Fate, before_repeating: Remedy, repeat: bool) -> Self {
        Self { connection, before_repeating, repeat }
    }
}

impl Retry {
    pub(crate) const fn new(may_create_table: bool) -> Self {
        Self { lost_connections: 0, wrong_servers: 0, conflicts: 0, may_create_table, unknown: None }
    }

    /// Whether the next attempt must not use a connection that has been idle since before the last one.
    pub(crate) const fn needs_sound_connection(&self) -> bool {
        self.lost_connections > 0
    }

    /// Decides what follows from an attempt that failed. `is_repeatable` says whether the operation may be repeated although
    /// it may have been applied.
    pub(crate) fn next(&mut self, error: &Error, is_repeatable: bool) -> Next {
        let (kind, may_repeat) = (&error.kind, is_repeatable || error.applied == Applied::No);
        let once_more = |attempts: &mut u32, most| {
            *attempts += 1;
            *attempts <= most && may_repeat
        };
        match kind.meaning().class {
            Class::Conflict => {
                let repeat = once_more(&mut self.conflicts, MAX_CONFLICTS);
                let pause = CONFLICT_PAUSE.min(1 << self.conflicts.min(7));
                let remedy =
                    if repeat && self.conflicts > 1 { Remedy::Pause(pause) } else { Remedy::Nothing };
                Next::of(Fate::Keep, remedy, repeat)
            }
            Class::WrongServer => {
                let repeat = once_more(&mut self.wrong_servers, MAX_WRONG_SERVERS);
                Next::of(Fate::Leave, Remedy::Nothing, repeat)
            }
            class @ (Class::Broken | Class::Proxy) => {
                let remedy = match kind {
                    _ if class == Class::Proxy => Remedy::Nothing,
                    ErrorKind::Timeout(_) => Remedy::PingIdleConnections,
                    _ => Remedy::CloseIdleConnections,
                };
                Next::of(Fate::Fail, remedy, once_more(&mut self.lost_connections, MAX_LOST_CONNECTIONS))
            }
            Class::NoConnection => Next::of(Fate::Close, Remedy::Nothing, false),
            Class::MissingTable if mem::take(&mut self.may_create_table) => {
                Next::of(Fate::Keep, Remedy::CreateTable, true)
            }
            Class::Answer | Class::Duplicate | Class::MissingTable | Class::OutOfTime => {
                Next::of(Fate::Keep, Remedy::Nothing, false)
            }
        }
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
