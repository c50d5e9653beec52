//! A store whose server is a script, for the fuzz targets of the dialects and a test. It is not part of the public API.

use std::{
    collections::VecDeque,
    fmt,
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use session_core::{
    exchange::{self, Call},
    store::StoreError,
};

use crate::{
    Attempt, BuildError, Builder, Class, Client, Dialect, ErrorKind, Pool, Reply, Runtime, Statement,
    StoreOptions, Sweeping,
    blocking::{perform, poll_once},
};

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

/// A store whose server is a script.
pub struct Puppet<D>(Arc<StoreOptions>, PhantomData<D>);

/// What the server says to a statement.
pub type Say = Box<dyn FnOnce(&Statement<'_>) -> Result<Reply, ErrorKind> + Send>;

impl<D: Dialect> Puppet<D> {
    /// A store at this URL that creates a missing table, or does not.
    pub fn new(url: &str, creates_table: bool) -> Result<Self, BuildError> {
        // So long that only the number of attempts ends an operation.
        let builder = Builder::<D>::new(url).budget(Duration::from_secs(3600));
        let builder = if creates_table { builder.create_table_if_missing() } else { builder };
        Ok(Self(Arc::new(builder.options()?), PhantomData))
    }

    /// Carries out the call with a server that says this, one after the other, and then nothing more. Returns what it was
    /// sent, too.
    pub fn perform(
        &self,
        call: &Call<'_>,
        said: Vec<Say>,
    ) -> (Result<exchange::Answer, StoreError>, Vec<Sent>) {
        let script = Script { said: said.into(), sent: Vec::new() };
        let server = Arc::new(Mutex::new(script));
        let client = Server(Arc::clone(&server), PhantomData::<D>);
        let pool = Arc::new(Pool::new(Arc::clone(&self.0), client));
        let answer = perform(&pool, *call);
        let sent = std::mem::take(&mut lock(&server).sent);
        (answer, sent)
    }
}

impl<D> fmt::Debug for Puppet<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Puppet").finish_non_exhaustive()
    }
}

/// All connections of a pool at once.
struct Server<D>(Arc<Mutex<Script>>, PhantomData<D>);

struct Script {
    said: VecDeque<Say>,
    sent: Vec<Sent>,
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Script {
    fn reply(&mut self, statement: &Statement<'_>) -> Result<Reply, ErrorKind> {
        let reply = match self.said.pop_front() {
            None => Err(ErrorKind::Lost("nothing more is said".to_owned())),
            Some(say) => say(statement),
        };
        self.sent.push(Sent {
            text: statement.text.to_owned(),
            writes: statement.writes,
            is_doubtful: reply.as_ref().is_err_and(ErrorKind::may_be_applied),
            has_failed: reply.as_ref().is_err_and(|kind| !kind.is(Class::Duplicate)),
        });
        reply
    }
}

impl<D: Dialect> Client for Server<D> {
    type Dialect = D;
    type Runtime = Nobody;
    type Connection = ();

    /// Unused: a script is made for each call.
    fn new(_: &StoreOptions) -> Result<Self, BuildError> {
        let script = Script { said: VecDeque::new(), sent: Vec::new() };
        Ok(Self(Arc::new(Mutex::new(script)), PhantomData))
    }

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
}

/// Nobody waits here.
#[derive(Default)]
struct Nobody;

impl Runtime for Nobody {
    const BACK_OFF: [Duration; 2] = [Duration::ZERO; 2];
    type Sweeper = ();

    fn begin<C: Client<Runtime = Self>>(attempt: Attempt<C>) {
        let _ = poll_once(attempt.run());
    }

    async fn wait(&self, _: Instant) {}

    fn wake(&self) {}

    async fn sleep(&self, _: Duration) {}

    fn start_sweeper<C: Client<Runtime = Self>>(_: Weak<Pool<C>>, _: Sweeping) {}

    fn is_sweeping((): &()) -> bool {
        true
    }
}
