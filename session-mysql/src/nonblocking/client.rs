use std::{
    collections::BTreeMap,
    future::Future as _,
    pin::pin,
    sync::Weak,
    task::{Context, Waker},
    time::{Duration, Instant},
};

use mysql_async::{Conn, Opts, prelude::Queryable as _};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    sweeper::Sweeper,
    wire::{exchange, in_time, options},
};
use crate::{
    options::StoreOptions,
    pool::{Client, Pool},
    protocol::{ErrorKind, Reply, Statement, StatementKind},
    sweeping::Sweeping,
};

/// The client library `mysql_async`.
pub(super) struct TokioClient {
    options: Opts,
    connect_timeout: Duration,
    response_timeout: Duration,
    places: Semaphore,
}

/// A connection and what it has prepared.
pub(super) struct Connection {
    conn: Option<Conn>,
    /// The library would find a statement by reading its whole text, which takes longer than the server's reply.
    prepared: BTreeMap<StatementKind, mysql_async::Statement>,
}

impl TokioClient {
    pub(super) fn new(store: &StoreOptions) -> Self {
        let limits = &store.limits;
        let size = usize::try_from(limits.pool_size).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self {
            options: options(store),
            connect_timeout: limits.connect_timeout,
            response_timeout: limits.response_timeout,
            places: Semaphore::new(size),
        }
    }
}

impl Client for TokioClient {
    type Connection = Connection;
    type Place<'a> = SemaphorePermit<'a>;
    type Sweeper = Sweeper;

    async fn place(&self, deadline: Instant) -> Option<SemaphorePermit<'_>> {
        // A free place needs no timer.
        if let Ok(place) = self.places.try_acquire() {
            return Some(place);
        }
        tokio::time::timeout_at(deadline.into(), self.places.acquire()).await.ok()?.ok()
    }

    async fn connect(&self, deadline: Instant) -> Result<Connection, ErrorKind> {
        let connect = pin!(Conn::new(self.options.clone()));
        let conn = in_time(deadline, self.connect_timeout, connect).await?;
        Ok(Connection { conn: Some(conn), prepared: BTreeMap::new() })
    }

    async fn ping(&self, connection: &mut Connection, deadline: Instant) -> bool {
        let Some(conn) = &mut connection.conn else {
            return false;
        };
        in_time(deadline, self.connect_timeout, pin!(conn.ping())).await.is_ok()
    }

    async fn send(
        &self,
        connection: &mut Connection,
        statement: &Statement<'_>,
        deadline: Instant,
    ) -> Result<Reply, ErrorKind> {
        let Connection { conn: Some(conn), prepared } = connection else {
            return Err(ErrorKind::InvalidArgument("the connection was closed"));
        };
        // Boxed, because it would make every call larger than what allocators are quick with.
        let mut exchange = Box::pin(exchange(conn, prepared, statement));
        in_time(deadline, self.response_timeout, exchange.as_mut()).await
    }

    fn close(&self, connection: Connection) {
        drop(connection);
    }

    fn start_sweeper(pool: Weak<Pool<Self>>, sweeping: Sweeping) -> Sweeper {
        Sweeper::start(pool, sweeping)
    }

    fn is_sweeping(sweeper: &Sweeper) -> bool {
        sweeper.is_alive()
    }
}

impl Drop for Connection {
    /// Closes the connection at once. The library itself would first wait for the reply to a cancelled statement; polling its
    /// goodbye once marks the connection as closed, and then drops it.
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            let _ = pin!(conn.disconnect()).poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}
