//! A store whose server is a script, for the fuzz targets and a test. It is not part of the public API.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use mysql::Value;
use session_core::{
    exchange::{self, Call},
    store::StoreError,
};

use crate::{
    BuildError, Builder,
    blocking::{error_kind, poll_once, waited},
    executor::execute,
    options::StoreOptions,
    pool::{Attempt, Client, Pool},
    protocol::{
        DUPLICATE_KEY, ErrorKind, Reply, Statement, cell,
        operations::{Commit, Create, Delete, List, Load, Operation, Revoke, Rotate, Sweep, Touch},
    },
    sweeping::Sweeping,
};

/// What the server replies to a statement, in the types of the client library.
#[derive(Debug)]
pub enum Said {
    /// The number of changed rows for a statement that writes, the rows for any other.
    Reply(u64, Vec<Vec<Option<Value>>>),
    /// An error.
    Failed(mysql::Error),
}

/// A statement that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its text.
    pub text: String,
    /// Whether it changes something.
    pub writes: bool,
    /// Whether the reply does not tell if it was carried out.
    pub is_doubtful: bool,
    /// Whether it failed. A row that existed already is not a failure.
    pub has_failed: bool,
}

/// A store whose server is the fuzz target.
pub struct Puppet(Arc<StoreOptions>);

impl Puppet {
    /// A store that creates a missing table, or does not.
    pub fn new(creates_table: bool) -> Result<Self, BuildError> {
        // So long that only the number of attempts ends an operation.
        let builder = Builder::new("mysql://nowhere/none").budget(Duration::from_secs(3600));
        let builder = if creates_table { builder.create_table_if_missing() } else { builder };
        Ok(Self(Arc::new(builder.blocking_options()?)))
    }

    /// Carries out the call with a server that replies this, one after the other, and then nothing more. Returns what it was
    /// sent, too.
    pub fn perform(
        &self,
        call: &Call<'_>,
        said: Vec<Said>,
    ) -> (Result<exchange::Answer, StoreError>, Vec<Sent>) {
        let script = Script { said: said.into(), sent: Vec::new() };
        let server = Arc::new(Mutex::new(script));
        let pool = Arc::new(Pool::new(Arc::clone(&self.0), Server(Arc::clone(&server))));
        let answer = answer(&pool, call);
        let sent = std::mem::take(&mut lock(&server).sent);
        (answer, sent)
    }
}

impl fmt::Debug for Puppet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Puppet").finish_non_exhaustive()
    }
}

fn answer(pool: &Arc<Pool<Server>>, call: &Call<'_>) -> Result<exchange::Answer, StoreError> {
    use exchange::Answer as Of;
    match *call {
        Call::Load { key } => ask(pool, &Load { key: &key }).map(Of::Load),
        Call::Create { key, write, cap } => ask(pool, &Create { key: &key, write, cap }).map(Of::Create),
        Call::Commit { key, expected, write } => {
            ask(pool, &Commit { key: &key, expected, write }).map(Of::Commit)
        }
        Call::Touch { key, expected, ttl } => ask(pool, &Touch { key: &key, expected, ttl }).map(Of::Touch),
        Call::Rotate { from, expected, to, write, tombstone } => {
            let rotate = Rotate { from: &from, expected, to: &to, write, tombstone };
            ask(pool, &rotate).map(Of::Rotate)
        }
        Call::Delete { key, expected, tombstone } => {
            ask(pool, &Delete { key: &key, expected, tombstone }).map(Of::Delete)
        }
        Call::List { family, page } => ask(pool, &List { family: &family, page }).map(Of::List),
        Call::Revoke { family, keep } => ask(pool, &Revoke::new(&family, keep.as_ref())).map(Of::Revoke),
        Call::Sweep { limit } => ask(pool, &Sweep { limit }).map(Of::Sweep),
    }
}

fn ask<O: Operation>(pool: &Arc<Pool<Server>>, operation: &O) -> Result<O::Outcome, StoreError> {
    poll_once(execute(pool, operation)).unwrap_or_else(|| Err(waited()))
}

/// All connections of a pool at once.
struct Server(Arc<Mutex<Script>>);

struct Script {
    said: VecDeque<Said>,
    sent: Vec<Sent>,
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Script {
    fn reply(&mut self, statement: &Statement<'_>) -> Result<Reply, ErrorKind> {
        let reply = match self.said.pop_front() {
            None => Err(ErrorKind::Lost("nothing more is said".to_owned())),
            Some(Said::Failed(error)) => Err(error_kind(error)),
            // Like the clients, which look at nothing that was not asked for.
            Some(Said::Reply(..)) if statement.parameters.is_empty() => Ok(Reply::Changed(0)),
            Some(Said::Reply(changed, _)) if statement.writes => Ok(Reply::Changed(changed)),
            Some(Said::Reply(_, rows)) => {
                Ok(Reply::Rows(rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect()))
            }
        };
        self.sent.push(Sent {
            text: statement.text.to_owned(),
            writes: statement.writes,
            is_doubtful: reply.as_ref().is_err_and(ErrorKind::may_be_applied),
            has_failed: reply.as_ref().is_err_and(|kind| kind.code() != Some(DUPLICATE_KEY)),
        });
        reply
    }
}

impl Client for Server {
    type Connection = ();
    /// Nobody waits here.
    const BACK_OFF: [Duration; 2] = [Duration::ZERO; 2];
    type Sweeper = ();

    fn begin(attempt: Attempt<Self>) {
        let _ = poll_once(attempt.run());
    }

    async fn wait(&self, _: Instant) {}

    fn wake(&self) {}

    async fn sleep(&self, _: Duration) {}

    async fn connect(&self, _: Instant) -> Result<(), ErrorKind> {
        Ok(())
    }

    async fn ping(&self, (): &mut (), _: Instant) -> bool {
        true
    }

    async fn send(&self, (): &mut (), statement: &Statement<'_>, _: Instant) -> Result<Reply, ErrorKind> {
        lock(&self.0).reply(statement)
    }

    fn close(&self, (): ()) {}

    fn start_sweeper(_: Weak<Pool<Self>>, _: Sweeping) {}

    fn is_sweeping((): &()) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use mysql::{Error, MySqlError};
    use session_core::{
        id::StoreKey,
        store::{Applied, Revision, StoreErrorKind},
    };

    use super::*;

    fn refused(code: u16) -> Said {
        let message = "no".to_owned();
        Said::Failed(Error::MySqlError(MySqlError { state: "HY000".to_owned(), message, code }))
    }

    #[test]
    fn a_table_that_cannot_be_made_does_not_hide_a_lost_write() {
        let lost = Said::Failed(Error::IoError(io::ErrorKind::TimedOut.into()));
        let touch = Call::Touch {
            key: StoreKey::default(),
            expected: Revision::default(),
            ttl: Duration::from_secs(1),
        };
        let failure = |said| {
            let (answer, _) = Puppet::new(true).unwrap().perform(&touch, said);
            let error = answer.unwrap_err();
            (error.kind(), error.applied())
        };
        // There is no such table, and to make one is denied.
        let denied = failure(vec![refused(1146), refused(1142)]);
        assert_eq!(denied, (StoreErrorKind::Denied, Applied::No));
        let unknown = failure(vec![lost, refused(1146), refused(1142)]);
        assert_eq!(unknown, (StoreErrorKind::Timeout, Applied::Unknown));
    }
}
