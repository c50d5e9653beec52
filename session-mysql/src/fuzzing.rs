//! What the fuzz targets ask of the inside. It is compiled for them and for tests alone, and is no part of the interface.

use std::{
    collections::VecDeque,
    fmt,
    future::{Future, ready},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use mysql::Value;
use session_core::{
    exchange::{self, Call},
    store::{Applied, StoreError, StoreErrorKind},
};

use crate::{
    BuildError, Builder,
    blocking::ready::output,
    blocking::{cell, trouble},
    options::Settings,
    protocol::conversation::Wire,
    protocol::errors::Trouble,
    protocol::operations::{Commit, Create, Delete, List, Load, Operation, Revoke, Rotate, Sweep, Touch},
    protocol::replies::Answer,
    protocol::statement::Statement,
    retry::{Lease, Pool, run},
};

/// What the server says to a statement, in the types of the client library.
#[derive(Debug)]
pub enum Said {
    /// How many rows were changed by one that writes, else the rows.
    Answer(u64, Vec<Vec<Option<Value>>>),
    /// Something else.
    Failed(mysql::Error),
}

/// A statement that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its text.
    pub text: String,
    /// Whether it changes something.
    pub writes: bool,
    /// Whether nothing came back that tells whether it was carried out.
    pub is_doubtful: bool,
    /// Whether it failed, but for a row that was there already.
    pub has_failed: bool,
}

/// A store whose server is the fuzz target.
pub struct Puppet(Settings);

impl Puppet {
    /// One that makes a missing table, or does not.
    pub fn new(creates_table: bool) -> Result<Self, BuildError> {
        // So long that only the number of attempts ends an operation.
        let builder = Builder::new("mysql://nowhere/none").budget(Duration::from_secs(3600));
        let builder = if creates_table { builder.create_table_if_missing() } else { builder };
        builder.settings().map(Self)
    }

    /// Carries out the call with a server that says this, one after the other, and then nothing more. Tells what it was sent.
    pub fn perform(
        &self,
        call: &Call<'_>,
        said: Vec<Said>,
    ) -> (Result<exchange::Answer, StoreError>, Vec<Sent>) {
        let server = Server(Mutex::new(Script { said: said.into(), sent: Vec::new() }));
        let answer = answer(&server, &self.0, call);
        let sent = std::mem::take(&mut server.script().sent);
        (answer, sent)
    }
}

impl fmt::Debug for Puppet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Puppet").finish_non_exhaustive()
    }
}

fn answer(server: &Server, settings: &Settings, call: &Call<'_>) -> Result<exchange::Answer, StoreError> {
    use exchange::Answer as Of;
    match *call {
        Call::Load { key } => ask(server, settings, &Load(&key)).map(Of::Load),
        Call::Create { key, write, cap } => {
            ask(server, settings, &Create { key: &key, write, cap }).map(Of::Create)
        }
        Call::Commit { key, expected, write } => {
            ask(server, settings, &Commit { key: &key, expected, write }).map(Of::Commit)
        }
        Call::Touch { key, expected, ttl } => {
            ask(server, settings, &Touch { key: &key, expected, ttl }).map(Of::Touch)
        }
        Call::Rotate { from, expected, to, write, tombstone } => {
            let rotate = Rotate { from: &from, expected, to: &to, write, tombstone };
            ask(server, settings, &rotate).map(Of::Rotate)
        }
        Call::Delete { key, expected, tombstone } => {
            ask(server, settings, &Delete { key: &key, expected, tombstone }).map(Of::Delete)
        }
        Call::List { family, page } => ask(server, settings, &List(&family, page)).map(Of::List),
        Call::Revoke { family, keep } => {
            ask(server, settings, &Revoke::new(&family, keep.as_ref())).map(Of::Revoke)
        }
        Call::Sweep { limit } => ask(server, settings, &Sweep(limit)).map(Of::Sweep),
    }
}

fn ask<O: Operation>(server: &Server, settings: &Settings, operation: &O) -> Result<O::Outcome, StoreError> {
    let waited = || StoreError::new(StoreErrorKind::Other, Applied::Unknown);
    output(run(&server, settings, operation)).unwrap_or_else(|| Err(waited()))
}

/// All connections of a pool at once.
struct Server(Mutex<Script>);

struct Script {
    said: VecDeque<Said>,
    sent: Vec<Sent>,
}

impl Server {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, statement: &Statement<'_>) -> Result<Answer, Trouble> {
        let mut script = self.script();
        let answer = match script.said.pop_front() {
            None => Err(Trouble::Lost("nothing more is said".to_owned())),
            Some(Said::Failed(error)) => Err(trouble(error)),
            // As the executors do: what is not asked for is not looked at.
            Some(Said::Answer(..)) if statement.parameters.is_empty() => Ok(Answer::Changed(0)),
            Some(Said::Answer(changed, _)) if statement.writes => Ok(Answer::Changed(changed)),
            Some(Said::Answer(_, rows)) => {
                Ok(Answer::Rows(rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect()))
            }
        };
        script.sent.push(Sent {
            text: statement.text.to_owned(),
            writes: statement.writes,
            is_doubtful: answer.as_ref().is_err_and(Trouble::is_doubtful),
            has_failed: answer.as_ref().is_err_and(|trouble| !trouble.is_duplicate()),
        });
        answer
    }
}

struct Connection<'a>(&'a Server);

impl<'a> Pool for &'a Server {
    type Lease = Connection<'a>;

    fn lease(&self, _: Instant, _: bool) -> impl Future<Output = Result<Self::Lease, Trouble>> + Send {
        ready(Ok(Connection(self)))
    }

    fn forget_idle(&self) {}

    fn suspect_idle(&self) {}
}

impl Wire for Connection<'_> {
    fn send(
        &mut self,
        statement: &Statement<'_>,
        _: Instant,
    ) -> impl Future<Output = Result<Answer, Trouble>> + Send {
        ready(self.0.send(statement))
    }
}

impl Lease for Connection<'_> {
    fn give_back(self) {}
}
