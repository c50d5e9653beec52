//! The connections of a store: made when they are needed, kept while they work, and never more than a given number.
//!
//! The pools of the client libraries are not used: that of `mysql` connects under its lock, and that of `mysql_async` takes
//! back the connections of cancelled requests and waits without a limit until they are clean.

mod idle;

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use idle::{Candidate, Idle};

use crate::{
    options::StoreOptions,
    protocol::{Connection, ErrorKind, Reply, Statement},
    sweeping::Sweeping,
};

/// A client library: how it makes and uses connections.
pub(crate) trait Client: Send + Sync + Sized {
    type Connection: Send;
    /// A place in the pool, which is free again when this is dropped.
    type Place<'a>: Send
    where
        Self: 'a;
    /// What removes expired sessions in the background, until it is dropped.
    type Sweeper: Send + Sync;

    /// Waits for a free place; `None` if there is none before the deadline.
    async fn place(&self, deadline: Instant) -> Option<Self::Place<'_>>;

    async fn connect(&self, deadline: Instant) -> Result<Self::Connection, ErrorKind>;

    /// Whether the server still replies on the connection.
    async fn ping(&self, connection: &mut Self::Connection, deadline: Instant) -> bool;

    fn send(
        &self,
        connection: &mut Self::Connection,
        statement: &Statement<'_>,
        deadline: Instant,
    ) -> impl Future<Output = Result<Reply, ErrorKind>> + Send;

    /// Closes a connection that is out of step, without waiting for the server.
    fn close(&self, connection: Self::Connection);

    fn start_sweeper(pool: Weak<Pool<Self>>, sweeping: Sweeping) -> Self::Sweeper;

    /// Whether it still removes sessions. A task ends with its runtime.
    fn is_sweeping(sweeper: &Self::Sweeper) -> bool;
}

pub(crate) struct Pool<C: Client> {
    pub(crate) options: Arc<StoreOptions>,
    client: C,
    idle: Mutex<Idle<C::Connection>>,
    sweeper: Mutex<Option<C::Sweeper>>,
    /// When the next batch is due. A sweeper that takes over keeps the time, or many short runtimes would never sweep.
    due: Mutex<Option<Instant>>,
}

impl<C: Client> Pool<C> {
    pub(crate) fn new(options: Arc<StoreOptions>, client: C) -> Self {
        Self { options, client, idle: Mutex::default(), sweeper: Mutex::default(), due: Mutex::default() }
    }

    /// Starts to remove expired sessions in the background, if the store is to do so and does not yet, or not any more: a
    /// runtime takes over from one that has ended or that nobody drives.
    pub(crate) fn start_sweeper(self: &Arc<Self>) {
        let Some(sweeping) = self.options.sweeping else { return };
        let mut sweeper = lock(&self.sweeper);
        let is_late = self.due().is_some_and(|due| due.elapsed() > sweeping.every + LATE);
        if is_late || !sweeper.as_ref().is_some_and(C::is_sweeping) {
            if is_late || self.due().is_none() {
                self.sweep_after(sweeping.every);
            }
            *sweeper = Some(C::start_sweeper(Arc::downgrade(self), sweeping));
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

    /// An idle connection, or a new one if there is none or `is_new` asks for it.
    pub(crate) async fn get(
        &self,
        deadline: Instant,
        is_new: bool,
    ) -> Result<PooledConnection<'_, C>, ErrorKind> {
        let place = self.client.place(deadline).await;
        let place = place.ok_or(ErrorKind::Contended("all connections of the pool were in use"))?;
        let candidate = if is_new { None } else { self.idle().pop() };
        let connection = match candidate {
            Some(Candidate { connection, is_doubtful: false }) => connection,
            // Boxed, because it is rare and would make every call larger.
            other => Box::pin(self.reach(other, is_new, deadline)).await?,
        };
        Ok(PooledConnection { connection: Some(connection), pool: self, _place: place })
    }

    /// The doubtful connection if the server still replies on it, or a new one.
    async fn reach(
        &self,
        candidate: Option<Candidate<C::Connection>>,
        is_new: bool,
        deadline: Instant,
    ) -> Result<C::Connection, ErrorKind> {
        if let Some(Candidate { mut connection, .. }) = candidate {
            if self.client.ping(&mut connection, deadline).await {
                return Ok(connection);
            }
            // The others have been idle for longer.
            self.close_idle();
        }
        if is_new {
            let replaced = self.idle().pop_oldest();
            drop(replaced);
        }
        self.client.connect(deadline).await.map_err(ErrorKind::while_connecting)
    }

    /// Closes the idle connections, outside the lock.
    pub(crate) fn close_idle(&self) {
        let idle = self.idle().take_all();
        drop(idle);
    }

    /// Has the connections that are idle now pinged before they are used.
    pub(crate) fn ping_idle(&self) {
        self.idle().suspect();
    }

    fn idle(&self) -> MutexGuard<'_, Idle<C::Connection>> {
        lock(&self.idle)
    }
}

/// How late a sweeper may be before another runtime takes over: more than a batch on a slow server takes.
const LATE: Duration = Duration::from_secs(60);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection that is used by one operation. It is closed when it is dropped.
pub(crate) struct PooledConnection<'a, C: Client> {
    connection: Option<C::Connection>,
    pool: &'a Pool<C>,
    _place: C::Place<'a>,
}

impl<C: Client> PooledConnection<'_, C> {
    /// Gives it back to the pool, in step and outside any transaction.
    pub(crate) fn give_back(mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.idle().push(connection);
        }
    }
}

impl<C: Client> Connection for PooledConnection<'_, C> {
    async fn send(&mut self, statement: &Statement<'_>, deadline: Instant) -> Result<Reply, ErrorKind> {
        match &mut self.connection {
            Some(connection) => self.pool.client.send(connection, statement, deadline).await,
            None => Err(ErrorKind::InvalidArgument("the connection was given back")),
        }
    }
}

impl<C: Client> Drop for PooledConnection<'_, C> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.client.close(connection);
        }
    }
}
