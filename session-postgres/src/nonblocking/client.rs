use std::{
    convert::identity,
    net::SocketAddr,
    pin::pin,
    time::{Duration, Instant},
};

use session_net::{Credentials, Login, reach};
use session_sql::{
    BuildError, Client, ErrorKind, Limit, PING_TIMEOUT, Reply, ServerAddress, Statement, StoreOptions,
    nonblocking::{Tokio, in_time},
};

use crate::{
    Postgres,
    dialect::Ends,
    wire::{Link, Startup, Stream},
};

/// The client library on the runtime of the caller.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct TokioClient {
    startup: Startup,
    server: ServerAddress,
    credentials: Credentials,
    connect_timeout: Duration,
    response_timeout: Duration,
}

/// A connection. Boxed, because every call holds one.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct Connection(Box<Link>);

impl TokioClient {
    async fn connect_to(&self, address: SocketAddr, login: &Login) -> Result<Box<Link>, ErrorKind> {
        let lost = |error: std::io::Error| ErrorKind::Lost(error.to_string());
        let stream = session_net::connect(address).await.map_err(lost)?;
        let ends = Ends::Tcp { ours: stream.local_addr().map_err(lost)?, theirs: address };
        self.startup.open(Box::new(stream), ends, login).await
    }

    #[cfg(unix)]
    async fn connect_unix(&self, path: &str, login: &Login) -> Result<Box<Link>, ErrorKind> {
        let stream = tokio::net::UnixStream::connect(path).await;
        let stream: Stream = Box::new(
            stream.map_err(|error| ErrorKind::Unreachable(format!("no connection to {path}: {error}")))?,
        );
        self.startup.open(stream, Ends::unix(&self.server), login).await
    }

    #[cfg(not(unix))]
    async fn connect_unix(&self, _: &str, _: &Login) -> Result<Box<Link>, ErrorKind> {
        Err(ErrorKind::InvalidArgument("this system has no sockets in its file system"))
    }
}

impl Client for TokioClient {
    type Dialect = Postgres;
    type Runtime = Tokio;
    type Connection = Connection;

    fn new(options: &StoreOptions) -> Result<Self, BuildError> {
        Ok(Self {
            startup: Startup::new(options, "tls")?,
            server: options.server.clone(),
            credentials: options.credentials.clone(),
            connect_timeout: options.limits.connect_timeout,
            response_timeout: options.limits.response_timeout,
        })
    }

    async fn connect(&self, deadline: Instant) -> Result<Connection, ErrorKind> {
        let login = self.credentials.login_beside().await;
        let login = login.map_err(|error| ErrorKind::Unreachable(error.to_string()))?;
        if let Some(path) = &self.server.socket {
            let connect = pin!(self.connect_unix(path, &login));
            return in_time(deadline, self.connect_timeout, Limit::Connect, identity, connect)
                .await
                .map(Connection);
        }
        let limit = session_net::Limit::until("connect_timeout", self.connect_timeout, deadline);
        let connect = |address| self.connect_to(address, &login);
        Ok(Connection(reach(&self.server.host, self.server.port, limit, connect).await?))
    }

    async fn ping(&self, connection: &mut Connection, deadline: Instant) -> bool {
        in_time(deadline, PING_TIMEOUT, Limit::Connect, identity, pin!(connection.0.ping())).await.is_ok()
    }

    async fn send(
        &self,
        connection: &mut Connection,
        statement: &Statement<'_>,
        deadline: Instant,
    ) -> Result<Reply, ErrorKind> {
        // Boxed, because it would make every call larger than what allocators are quick with.
        let mut exchange = Box::pin(connection.0.send(statement));
        in_time(deadline, self.response_timeout, Limit::Response, identity, exchange.as_mut()).await
    }

    fn close(&self, connection: Connection) {
        drop(connection);
    }
}
