use std::{
    future::Future as _,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Waker},
    time::Instant,
};

use mysql_async::{Conn, Opts};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::wire::{exchange, in_time, options};
use crate::{
    options::Settings,
    pool::idle::{Candidate, Idle},
    protocol::conversation::Wire,
    protocol::errors::Trouble,
    protocol::prepared::Prepared,
    protocol::replies::Answer,
    protocol::statement::Statement,
    retry::{Lease, Pool},
};

/// Connections that are made when they are needed and kept while they work. The client library's own pool takes back
/// connections of cancelled requests and cleans them, for which it waits without a limit.
pub(super) struct TokioPool {
    shared: Arc<Shared>,
    permits: Arc<Semaphore>,
}

struct Shared {
    settings: Arc<Settings>,
    options: Opts,
    idle: Mutex<Idle<Connection>>,
}

impl TokioPool {
    pub(super) fn new(settings: &Arc<Settings>) -> Self {
        let size = usize::try_from(settings.pool_size).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        let shared =
            Shared { settings: Arc::clone(settings), options: options(settings), idle: Mutex::default() };
        Self { shared: Arc::new(shared), permits: Arc::new(Semaphore::new(size)) }
    }
}

impl Pool for TokioPool {
    type Lease = Leased;

    async fn lease(&self, deadline: Instant, is_new: bool) -> Result<Leased, Trouble> {
        let late = Trouble::Late("all connections of the pool were in use");
        let permits = Arc::clone(&self.permits);
        // One that is free belongs to nobody who waits, and costs no timer.
        let permit = if let Ok(permit) = Arc::clone(&permits).try_acquire_owned() {
            permit
        } else {
            let permit = tokio::time::timeout_at(deadline.into(), permits.acquire_owned());
            let Ok(Ok(permit)) = permit.await else {
                return Err(late);
            };
            permit
        };
        let candidate = if is_new { None } else { self.shared.idle().pop() };
        let connection = match candidate {
            Some(Candidate { connection, is_doubtful: false }) => connection,
            // Boxed, as it is rare: every call would be as large as this.
            other => Box::pin(self.shared.reach(other, is_new, deadline)).await?,
        };
        Ok(Leased { connection: Some(connection), shared: Arc::clone(&self.shared), _permit: permit })
    }

    fn forget_idle(&self) {
        self.shared.forget_idle();
    }

    fn suspect_idle(&self) {
        self.shared.idle().suspect();
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Idle<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget_idle(&self) {
        let idle = self.idle().take_all();
        drop(idle);
    }

    /// The connection in doubt, if it is still there, or a new one.
    async fn reach(
        &self,
        candidate: Option<Candidate<Connection>>,
        is_new: bool,
        deadline: Instant,
    ) -> Result<Connection, Trouble> {
        if let Some(Candidate { mut connection, .. }) = candidate {
            if self.is_there(&mut connection, deadline).await {
                return Ok(connection);
            }
            // What is below has been idle for longer.
            self.forget_idle();
        }
        if is_new {
            let replaced = self.idle().pop_oldest();
            drop(replaced);
        }
        self.connect(deadline).await
    }

    async fn connect(&self, deadline: Instant) -> Result<Connection, Trouble> {
        let connect = pin!(Conn::new(self.options.clone()));
        match in_time(deadline, self.settings.connect_timeout, connect).await {
            Ok(conn) => Ok(Connection { conn: Some(conn), prepared: Prepared::default() }),
            Err(Trouble::Lost(reason)) => Err(Trouble::Unreachable(reason)),
            Err(trouble) => Err(trouble),
        }
    }

    async fn is_there(&self, connection: &mut Connection, deadline: Instant) -> bool {
        let Some(conn) = &mut connection.conn else {
            return false;
        };
        let ping = pin!(mysql_async::prelude::Queryable::ping(conn));
        in_time(deadline, self.settings.connect_timeout, ping).await.is_ok()
    }
}

/// A connection that is closed at once when it is dropped.
struct Connection {
    conn: Option<Conn>,
    prepared: Prepared<mysql_async::Statement>,
}

impl Drop for Connection {
    /// Left to itself, the library would first wait for the answer of a cancelled statement. One look at its own farewell
    /// marks the connection as closed, and then drops it.
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            let _ = pin!(conn.disconnect()).poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}

/// A connection on loan.
pub(super) struct Leased {
    connection: Option<Connection>,
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Wire for Leased {
    async fn send(&mut self, statement: &Statement<'_>, deadline: Instant) -> Result<Answer, Trouble> {
        let Some(Connection { conn: Some(conn), prepared }) = &mut self.connection else {
            return Err(Trouble::Misuse("the connection was given back"));
        };
        // Boxed, because each of the calls around it would be larger by it, and larger than what an allocator is quick with.
        let mut exchange = Box::pin(exchange(conn, prepared, statement));
        in_time(deadline, self.shared.settings.response_timeout, exchange.as_mut()).await
    }
}

impl Lease for Leased {
    fn give_back(mut self) {
        if let Some(connection) = self.connection.take() {
            self.shared.idle().push(connection);
        }
    }
}
