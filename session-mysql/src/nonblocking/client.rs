use std::{
    collections::BTreeMap,
    future::Future as _,
    pin::pin,
    sync::Weak,
    task::{Context, Waker},
    time::{Duration, Instant},
};

use mysql_async::{Conn, Opts, prelude::Queryable as _};
use tokio::sync::Notify;

use super::{
    sweeper::Sweeper,
    wire::{connect, exchange, in_time, options},
};
use crate::{
    options::StoreOptions,
    pool::{Attempt, Client, Pool},
    protocol::{ErrorKind, Handshake, Limit, Reply, Statement, StatementKind},
    retry::PING_TIMEOUT,
    sweeping::Sweeping,
};

/// The client library `mysql_async`.
pub(super) struct TokioClient {
    options: Opts,
    connect_timeout: Duration,
    response_timeout: Duration,
    handshake: Handshake,
    freed: Notify,
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
        Self {
            options: options(store),
            connect_timeout: limits.connect_timeout,
            response_timeout: limits.response_timeout,
            handshake: Handshake::new(limits.patience()),
            freed: Notify::new(),
        }
    }
}

impl Client for TokioClient {
    type Connection = Connection;
    type Sweeper = Sweeper;

    fn begin(attempt: Attempt<Self>) {
        tokio::spawn(attempt.run());
    }

    async fn wait(&self, until: Instant) {
        // Woken or not, the caller looks.
        let _ = tokio::time::timeout_at(until.into(), self.freed.notified()).await;
    }

    fn wake(&self) {
        self.freed.notify_one();
    }

    async fn connect(&self, deadline: Instant) -> Result<Connection, ErrorKind> {
        let connect = pin!(connect(&self.options, &self.handshake));
        let conn = in_time(deadline, self.connect_timeout, Limit::Connect, connect).await?;
        Ok(Connection { conn: Some(conn), prepared: BTreeMap::new() })
    }

    async fn ping(&self, connection: &mut Connection, deadline: Instant) -> bool {
        let Some(conn) = &mut connection.conn else {
            return false;
        };
        in_time(deadline, PING_TIMEOUT, Limit::Connect, pin!(conn.ping())).await.is_ok()
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
        in_time(deadline, self.response_timeout, Limit::Response, exchange.as_mut()).await
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
