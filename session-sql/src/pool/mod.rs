//! The connections of a store: made when they are needed, kept while they work, and never more than a given number.
//!
//! The pools of the client libraries are not used: that of `mysql` connects under its lock, and that of `mysql_async` takes
//! back the connections of cancelled requests and waits without a limit until they are clean.

mod attempt;
mod idle;
mod lease;
#[cfg(feature = "tokio")]
mod queues;
mod state;
#[cfg(test)]
mod tests;

use std::{
    future::Future,
    mem::ManuallyDrop,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

pub(crate) use attempt::Attempt;
use idle::Pooled;
pub(crate) use lease::PooledConnection;
use session_net::process_mark;
use state::{PoolLimits, State, Step};

use crate::{BuildError, Dialect, ErrorKind, Limit, Reply, Runtime, Statement, StoreOptions};

/// A client library: how it makes and uses connections.
pub trait Client: Send + Sync + Sized + 'static {
    /// What knows the errors of the server.
    type Dialect: Dialect;
    /// How operations wait.
    type Runtime: Runtime;
    /// A connection of the library, closed when it is dropped.
    type Connection: Send;

    /// Prepares to connect; nothing is sent yet.
    ///
    /// # Errors
    /// [`BuildError`] if the client cannot do what the options ask for.
    fn new(options: &StoreOptions) -> Result<Self, BuildError>;

    /// Connects before the deadline, logs in and shakes hands.
    fn connect(&self, deadline: Instant) -> impl Future<Output = Result<Self::Connection, ErrorKind>> + Send;

    /// Whether the server still replies on the connection.
    fn ping(&self, connection: &mut Self::Connection, deadline: Instant)
    -> impl Future<Output = bool> + Send;

    /// Sends the statement and waits for its reply, until the deadline or for as long as the client is set up to.
    fn send(
        &self,
        connection: &mut Self::Connection,
        statement: &Statement<'_>,
        deadline: Instant,
    ) -> impl Future<Output = Result<Reply, ErrorKind>> + Send;

    /// Closes a connection that is out of step, without waiting for the server.
    fn close(&self, _connection: Self::Connection) {}
}

/// The connections of a store.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct Pool<C: Client> {
    /// What the store was set up with.
    pub(crate) options: Arc<StoreOptions>,
    client: C,
    runtime: C::Runtime,
    state: Mutex<State<C::Connection>>,
    #[cfg(feature = "tokio")]
    pub(crate) queues: queues::Queues,
    /// The process that made the connections. A fork of it has their sockets, too, and must not touch them.
    process: AtomicU64,
    sweeper: Mutex<Option<<C::Runtime as Runtime>::Sweeper>>,
    /// When the next batch is due. A sweeper that takes over keeps the time, or many short runtimes would never sweep.
    due: Mutex<Option<Instant>>,
}

impl<C: Client> Pool<C> {
    /// The pool has no connection before the first operation.
    pub(crate) fn new(options: Arc<StoreOptions>, client: C) -> Self {
        let limits = &options.limits;
        let limits = PoolLimits {
            size: limits.pool_size,
            connect_timeout: limits.connect_timeout,
            lifetime: limits.connection_lifetime,
            back_off: C::Runtime::BACK_OFF,
        };
        Self {
            options,
            client,
            runtime: C::Runtime::default(),
            state: Mutex::new(State::new(limits)),
            #[cfg(feature = "tokio")]
            queues: queues::Queues::default(),
            process: AtomicU64::new(process_mark()),
            sweeper: Mutex::default(),
            due: Mutex::default(),
        }
    }

    /// Starts to remove expired sessions in the background, if the store is to do so and does not yet, or not any more: a
    /// runtime takes over from one that has ended or that nobody drives.
    pub(crate) fn start_sweeper(self: &Arc<Self>) {
        let Some(sweeping) = self.options.sweeping else { return };
        let mut sweeper = lock(&self.sweeper);
        let is_late = self.due().is_some_and(|due| due.elapsed() > sweeping.every + LATE);
        if is_late || !sweeper.as_ref().is_some_and(C::Runtime::is_sweeping) {
            if is_late || self.due().is_none() {
                self.sweep_after(sweeping.every);
            }
            *sweeper = Some(C::Runtime::start_sweeper(Arc::downgrade(self), sweeping));
        }
    }

    /// The next batch is due after this pause.
    pub(crate) fn sweep_after(&self, pause: Duration) {
        *lock(&self.due) = Some(Instant::now() + pause);
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn until_due(&self) -> Duration {
        self.due().map_or(Duration::ZERO, |due| due.saturating_duration_since(Instant::now()))
    }

    fn due(&self) -> Option<Instant> {
        *lock(&self.due)
    }

    /// A connection. `only_sound` says that one that must be pinged first is of no use.
    pub(crate) async fn get(
        self: &Arc<Self>,
        deadline: Instant,
        only_sound: bool,
    ) -> Result<PooledConnection<'_, C>, ErrorKind> {
        self.part_from_parent();
        let now = Instant::now();
        let found = self.state().take_sound(now);
        let pooled = match found {
            Some(pooled) => pooled,
            // Boxed, because it is rare and would make every call larger.
            None => Box::pin(self.wait(deadline, only_sound)).await?,
        };
        Ok(PooledConnection::new(self, pooled))
    }

    /// Waits for a connection, whoever makes it. One who is not polled any more keeps nothing from the others.
    async fn wait(
        self: &Arc<Self>,
        deadline: Instant,
        only_sound: bool,
    ) -> Result<Pooled<C::Connection>, ErrorKind> {
        let began = Instant::now();
        let mut found_used_up = false;
        let _waiting = Waiting::new(self);
        loop {
            let now = Instant::now();
            let step = self.state().step(now, began, only_sound);
            match step {
                Step::Take(pooled) => return Ok(pooled),
                Step::Close(pooled) => self.close(pooled),
                Step::Begin(permit) => C::Runtime::begin(Attempt::new(Arc::clone(self), permit)),
                Step::GiveUp(kind) => return Err(kind),
                Step::Wait { .. } if now >= deadline => return Err(self.reason(found_used_up)),
                Step::Wait { until, is_used_up } => {
                    found_used_up |= is_used_up;
                    self.runtime.wait(until.min(deadline)).await;
                }
            }
        }
    }

    /// Why there is no connection in time. Who found the pool used up waited for that, although one that broke in the last moment
    /// is being replaced by now.
    fn reason(&self, found_used_up: bool) -> ErrorKind {
        let state = self.state();
        match state.reason() {
            Some(kind) => kind,
            None if state.is_connecting() && !found_used_up => ErrorKind::NotConnected(Limit::Budget),
            None => ErrorKind::Contended("all connections of the pool were in use"),
        }
    }

    fn take_back(&self, pooled: Pooled<C::Connection>, wrote: bool) {
        let mut state = self.state();
        let (closed, someone_waits) = (state.give_back(pooled, wrote, Instant::now()), state.waiting > 0);
        drop(state);
        if someone_waits {
            self.runtime.wake();
        }
        closed.into_iter().flatten().for_each(|pooled| self.close(pooled));
    }

    fn close(&self, pooled: Pooled<C::Connection>) {
        if self.is_forked() {
            // The parent goes on to use it; to say goodbye would end it there.
            let _ = ManuallyDrop::new(pooled);
            return;
        }
        self.client.close(pooled.connection);
        self.closed(1);
    }

    fn closed(&self, connections: usize) {
        let mut state = self.state();
        state.open = state.open.saturating_sub(u32::try_from(connections).unwrap_or(u32::MAX));
        drop(state);
        self.wake_all();
    }

    /// Waits for a random part of the time.
    pub(crate) async fn pause(&self, most: Duration) {
        self.runtime.sleep(state::part_of(most)).await;
    }

    /// Closes the idle connections, outside the lock.
    pub(crate) fn close_idle(&self) {
        let idle = self.state().idle.take_all();
        let number = idle.len();
        drop(idle);
        self.closed(number);
    }

    /// Has the connections that are idle now pinged before they are used.
    pub(crate) fn ping_idle(&self) {
        self.state().idle.suspect(Instant::now());
    }

    /// Gives up the server of a connection of this generation, and all idle connections with it. Returns `false` if there is
    /// no better one, so that the connection is kept.
    pub(crate) fn leave_server(&self, generation: u32) -> bool {
        let (leaves, idle) = self.state().leave(generation, Instant::now());
        let number = idle.len();
        drop(idle);
        self.closed(number);
        leaves
    }

    fn wake_all(&self) {
        let waiting = self.state().waiting;
        (0..waiting).for_each(|_| self.runtime.wake());
    }

    fn is_forked(&self) -> bool {
        self.process.load(Ordering::Relaxed) != process_mark()
    }

    /// In a fork, forgets the connections of the parent without a word on them.
    fn part_from_parent(&self) {
        if self.is_forked() {
            let mut state = self.state();
            if self.process.swap(process_mark(), Ordering::Relaxed) != process_mark() {
                let anew = State::new(state.limits());
                let _ = ManuallyDrop::new(std::mem::replace(&mut *state, anew));
                #[cfg(feature = "tokio")]
                self.queues.clear();
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State<C::Connection>> {
        lock(&self.state)
    }
}

impl<C: Client> Drop for Pool<C> {
    fn drop(&mut self) {
        self.part_from_parent();
    }
}

/// One who waits for a connection.
struct Waiting<'a, C: Client>(&'a Pool<C>);

impl<'a, C: Client> Waiting<'a, C> {
    fn new(pool: &'a Pool<C>) -> Self {
        pool.state().waiting += 1;
        Self(pool)
    }
}

impl<C: Client> Drop for Waiting<'_, C> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.waiting = state.waiting.saturating_sub(1);
    }
}

/// How late a sweeper may be before another runtime takes over: more than a batch on a slow server takes.
const LATE: Duration = Duration::from_secs(60);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
