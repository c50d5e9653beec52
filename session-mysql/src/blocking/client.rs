use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use mysql::{Conn, Opts};
use session_net::{Credentials, Limit};
use session_sql::{
    BuildError, Client, ErrorKind, Reply, Statement, StatementKind, StoreOptions,
    blocking::{Threads, thread_of},
};

use super::{
    reach::connect,
    wire::{error_kind, exchange, logged_in, options},
};
use crate::{Mysql, dialect::Handshake, encryption};

/// The client library `mysql`. Its futures never wait: everything happens on the calling thread.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct ThreadClient {
    options: Opts,
    credentials: Credentials,
    connect_timeout: Duration,
    handshake: Arc<Handshake>,
}

/// A connection and what it has prepared. Its timeouts are settings of its own.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct Connection {
    pub(crate) conn: Conn,
    /// The library would find a statement by reading its whole text, which takes longer than the server's reply.
    pub(super) prepared: BTreeMap<StatementKind, mysql::Statement>,
}

/// Checks what can be checked without a server.
pub(crate) fn check(store: &StoreOptions) -> Result<(), BuildError> {
    let Some(tls) = &store.tls else { return Ok(()) };
    encryption::check(tls, "tls-blocking", cfg!(feature = "tls-blocking"))?;
    encryption::check_blocking(tls, &store.server.host)
}

impl Connection {
    pub(crate) fn new(conn: Conn) -> Self {
        Self { conn, prepared: BTreeMap::new() }
    }
}

impl Client for ThreadClient {
    type Dialect = Mysql;
    type Runtime = Threads;
    type Connection = Connection;

    fn new(store: &StoreOptions) -> Result<Self, BuildError> {
        check(store)?;
        Ok(Self {
            options: options(store),
            credentials: store.credentials.clone(),
            connect_timeout: store.limits.connect_timeout,
            handshake: Arc::new(Handshake::new(store.limits.patience())),
        })
    }

    async fn connect(&self, deadline: Instant) -> Result<Connection, ErrorKind> {
        let options = logged_in(&self.options, &self.credentials).map_err(error_kind)?;
        let limit = Limit::until("connect_timeout", self.connect_timeout, deadline);
        connect(&options, &self.handshake, limit)
    }

    async fn ping(&self, connection: &mut Connection, _: Instant) -> bool {
        connection.conn.ping().is_ok()
    }

    async fn send(
        &self,
        connection: &mut Connection,
        statement: &Statement<'_>,
        _: Instant,
    ) -> Result<Reply, ErrorKind> {
        exchange(connection, statement).map_err(error_kind)
    }

    fn close(&self, connection: Connection) {
        // The library says goodbye to the server, which takes its time where the server is frozen.
        let _ = thread_of::<Self>("close").spawn(move || drop(connection));
    }
}
