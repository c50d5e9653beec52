//! How a request is repeated, and every bound of the crate: numbers of attempts, times and sizes.
//!
//! | bound | value | what it limits |
//! |---|---|---|
//! | [`MAX_RETRIES`] | 1 | attempts after a failure, if no other server can take over; otherwise only the budget limits them |
//! | [`FREE_REDIRECTS`] | 4 | redirections of a request that are followed without a pause |
//! | [`MAX_RACES`] | 8 | readings of a page of a list, when all sessions but one are ended in between, and of a session that is rotated in between |
//! | [`MAX_SWAPPED`] | 16 KiB | the record that is sent to be compared, beside the one that replaces it |
//! | [`REVOKE_BATCH`] | 1000 | sessions of an owner whose memory is freed in one step, for which all other requests wait; `STEP` in `owned.lua` |
//! | [`LIMITS`]`.budget` | 1 s | an operation with all its attempts (`Builder::budget`) |
//! | [`LIMITS`]`.connect_timeout` | 500 ms | a complete connection: name, TCP, TLS, login (`Builder::connect_timeout`) |
//! | [`LIMITS`]`.response_timeout` | 500 ms | the replies to one request (`Builder::response_timeout`) |
//! | [`PAUSE`] | 20 ms | the pause before a further attempt; none before the first, then longer each time |
//! | [`MAX_PAUSE`] | 100 ms | the longest of these pauses |
//! | [`BACK_OFF`] | 50 ms | the pause after a failure to connect, or to ask a node; twice as long each time it happens again. A request that came after the attempt had begun waits for the next one, unless the server refused it |
//! | [`MAX_BACK_OFF`] | 500 ms | the longest such pause |
//! | [`LIMITS`]`.connection_lifetime` | 10 min | the life of a connection, less up to a tenth (`Builder::connection_lifetime`) |
//! | [`MAX_IDLE`] | 3 min | how long a connection may be idle and still be used; load balancers drop it after four minutes |
//! | [`MAX_IN_FLIGHT`] | 10,000 | requests that wait for replies on one shared connection (`Builder::max_in_flight`) |
//! | [`MAX_MASTER_AGE`] | 1 s | the age of a sentinel's reply that a request waits to be renewed; it is renewed at half of it |
//! | [`ASKED_TOGETHER`] | 3 | nodes of a cluster that are asked for the slots at the same time; sentinels are all asked |
//! | `MAINTENANCE_TIMEOUT` | 5 s | connecting, and one answer, in maintenance |
//! | [`SLOTS`] | 16,384 | the slots of a cluster |
//! | [`MAX_TTL`] | 400 days | the life of a record; `MARK_TTL` in `owned.lua` is one day longer |
//! | [`LIMITS`]`.pool_size` | 8 | connections of a blocking store to each server (`Builder::pool_size`) |
//! | [`BUFFER`] | 16 KiB | what is read at once, and what is kept of a buffer that had to grow |
//! | [`MAX_LINE`] | 64 KiB | a line of the protocol |
//! | [`MAX_STRING`] | 512 MiB | a string of the protocol; the server's own limit |
//! | [`MAX_DEPTH`] | 8 | arrays in arrays |

use std::time::{Duration, Instant};

use session_core::store::{Applied, StoreError, StoreErrorKind};
use session_net::{Limit, Limits};

use crate::{
    protocol::{
        Reply, Request, Script,
        errors::{Class, Meaning, interrupted, late, refused},
    },
    routing::{Progress, Redirects},
    servers::ServerAddress,
};

pub(crate) const MAX_RETRIES: u32 = 1;
pub(crate) const FREE_REDIRECTS: u32 = 4;
pub(crate) const MAX_RACES: u32 = 8;
pub(crate) const MAX_SWAPPED: usize = 16 * 1024;
pub(crate) const REVOKE_BATCH: usize = 1000;
pub(crate) const LIMITS: Limits = Limits {
    budget: Duration::from_secs(1),
    connect_timeout: Duration::from_millis(500),
    response_timeout: Duration::from_millis(500),
    pool_size: 8,
    connection_lifetime: Duration::from_secs(600),
};
pub(crate) const PAUSE: Duration = Duration::from_millis(20);
pub(crate) const MAX_PAUSE: Duration = Duration::from_millis(100);
pub(crate) const BACK_OFF: Duration = Duration::from_millis(50);
pub(crate) const MAX_BACK_OFF: Duration = Duration::from_millis(500);
pub(crate) const MAX_IDLE: Duration = Duration::from_secs(180);
pub(crate) const MAX_IN_FLIGHT: u32 = 10_000;
pub(crate) const ASKED_TOGETHER: usize = 3;
/// A failover by hand leaves the old master writable for seconds, and what is written there is lost.
pub(crate) const MAX_MASTER_AGE: Duration = Duration::from_secs(1);
#[cfg(feature = "blocking")]
pub(crate) const MAINTENANCE_TIMEOUT: Duration = Duration::from_secs(5);
/// The number of slots that a cluster's keys are spread over.
pub(crate) const SLOTS: u16 = 16_384;
pub(crate) const MAX_TTL: Duration = Duration::from_secs(400 * 86_400);
pub(crate) const BUFFER: usize = 16 * 1024;
pub(crate) const MAX_LINE: usize = 64 * 1024;
pub(crate) const MAX_STRING: i64 = 512 * 1024 * 1024;
pub(crate) const MAX_DEPTH: u32 = 8;

/// The attempts at one request: what to send next, and what follows from the replies. No I/O.
///
/// Every write recognises its own repetition, so a request may be sent again whatever has become of it.
#[derive(Debug)]
pub(crate) struct Retry {
    script: Option<&'static Script>,
    /// What the next attempt sends, and where to.
    pub(crate) redirects: Redirects,
    /// Whether another server may take over, so that waiting helps.
    may_move: bool,
    failures: u32,
    /// The first error after which the request may have been applied.
    unknown: Option<StoreError>,
    last: Option<StoreError>,
}

/// Why an attempt got no reply.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: StoreError,
    /// Whether the connection must not be used again.
    pub(crate) is_broken: bool,
}

impl Failed {
    pub(crate) const fn broken(error: StoreError) -> Self {
        Self { error, is_broken: true }
    }

    /// There is no connection: the server may have moved, unless others only use all of them.
    pub(crate) fn unconnected(error: StoreError) -> Self {
        Self { is_broken: error.kind() != StoreErrorKind::Overloaded, error }
    }

    /// The connection is as good as before.
    pub(crate) const fn harmless(error: StoreError) -> Self {
        Self { error, is_broken: false }
    }
}

/// What follows from an attempt.
#[derive(Debug)]
pub(crate) struct Next {
    /// The connection must not be used again.
    pub(crate) close_connection: bool,
    /// A node must be asked again where the slot is.
    pub(crate) refresh_routing: bool,
    /// Where the slot is, according to a redirection.
    pub(crate) moved_to: Option<ServerAddress>,
    pub(crate) step: Step,
}

#[derive(Debug)]
pub(crate) enum Step {
    /// Send again after a pause.
    Repeat(Duration),
    Done(Result<Reply, StoreError>),
}

impl Retry {
    pub(crate) fn new(request: Request, may_move: bool) -> Self {
        let script = request.script;
        let redirects = Redirects::new(request, may_move);
        Self { script, redirects, may_move, failures: 0, unknown: None, last: None }
    }

    /// The attempt got no reply.
    pub(crate) fn failed(&mut self, failed: Failed) -> Next {
        let Failed { error, is_broken } = failed;
        // The script knows what an earlier attempt has written.
        self.redirects.leave_swap();
        let step = if is_final(&error) && error.applied() == Applied::No {
            Step::Done(Err(self.unknown.take().unwrap_or(error)))
        } else {
            self.repeat(error)
        };
        Next { close_connection: is_broken, refresh_routing: is_broken, moved_to: None, step }
    }

    /// The server at this address replied to each command.
    pub(crate) fn answered(&mut self, replies: Vec<Reply>, from: &ServerAddress) -> Next {
        let (moved_to, step) = match self.redirects.note_replies(replies, from) {
            Progress::Complete(replies) => (None, Step::Done(self.finish(replies))),
            Progress::Refused(error) => return self.refused(&error),
            Progress::SendAgain { moved_to } => {
                (moved_to, Step::Repeat(pause(self.redirects.count(), FREE_REDIRECTS)))
            }
        };
        Next { close_connection: false, refresh_routing: moved_to.is_some(), moved_to, step }
    }

    /// The error of the whole request, when no time is left.
    pub(crate) fn give_up(&mut self, budget: &Limit) -> StoreError {
        let late = || late(budget, "no success", Applied::No);
        self.unknown.take().or_else(|| self.last.take()).unwrap_or_else(late)
    }

    fn refused(&mut self, error: &str) -> Next {
        let class = Meaning::of(error).class;
        let step = if class == Class::Answer {
            // That this attempt was refused says nothing about an earlier one.
            Step::Done(Err(self.unknown.take().unwrap_or_else(|| refused(error))))
        } else {
            self.redirects.forget_asks();
            self.repeat(refused(error))
        };
        // A replica would stay one; the host name may mean another machine by now.
        let close_connection = class == Class::WrongServer;
        Next { close_connection, refresh_routing: class != Class::Answer, moved_to: None, step }
    }

    fn repeat(&mut self, error: StoreError) -> Step {
        self.failures += 1;
        if error.applied() == Applied::Unknown && self.unknown.is_none() {
            self.unknown = Some(error);
        } else {
            self.last = Some(error);
        }
        if self.may_move || self.failures <= MAX_RETRIES {
            // The first repetition is free: the server may have closed a connection that was idle.
            Step::Repeat(pause(self.failures, 1))
        } else {
            Step::Done(Err(self.unknown.take().or_else(|| self.last.take()).unwrap_or_else(interrupted)))
        }
    }

    fn finish(&mut self, mut replies: Vec<Reply>) -> Result<Reply, StoreError> {
        let Some(script) = self.script else {
            return Ok(Reply::Array(replies));
        };
        let reply = replies.pop().unwrap_or(Reply::Other);
        match self.unknown.take() {
            // The script may have found what the earlier attempt did, or other requests on top of that.
            Some(unknown) if !script.is_success(&reply) => Err(unknown),
            _ => Ok(reply),
        }
    }
}

/// Whether another attempt at once is of no use: wrong credentials stay wrong, and a bounded queue is there to shed load.
fn is_final(error: &StoreError) -> bool {
    matches!(error.kind(), StoreErrorKind::Denied | StoreErrorKind::Unsupported | StoreErrorKind::Overloaded)
}

/// Whether this failure of an attempt to connect is told to a request that came then. An attempt that began before does not
/// answer it, because the server may be back since, unless it said what stays so.
pub(crate) fn answers(error: &StoreError, began: Instant, came: Instant) -> bool {
    came <= began || is_final(error)
}

/// How long after so many failures in a row the next attempt to connect, or to ask a node, must wait.
pub(crate) fn back_off(failures: u32) -> Duration {
    let doubled = failures.checked_sub(1).map(|more| BACK_OFF * 2_u32.saturating_pow(more.min(8)));
    doubled.unwrap_or_default().min(MAX_BACK_OFF)
}

/// The pause before the next attempt, when it is one of `count`, of which the first `free` need none.
fn pause(count: u32, free: u32) -> Duration {
    (PAUSE * count.saturating_sub(free)).min(MAX_PAUSE)
}
