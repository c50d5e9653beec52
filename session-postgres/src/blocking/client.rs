use std::{
    io,
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use session_net::{Credentials, Login, connect_blocking, reach_blocking};
use session_sql::{
    BuildError, Client, ErrorKind, Limit, PING_TIMEOUT, Reply, ServerAddress, Statement, StoreOptions,
    blocking::Threads,
};

use super::incoming::Receiver;
use crate::{
    Postgres,
    dialect::Ends,
    wire::{Link, Startup},
};

/// The client library without a runtime: what it waits for is received on the calling thread.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct ThreadClient {
    startup: Arc<Startup>,
    server: ServerAddress,
    credentials: Credentials,
    connect_timeout: Duration,
    response_timeout: Duration,
}

/// A connection, and what receives for it.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct Connection {
    link: Box<Link>,
    receiver: Arc<Receiver>,
}

impl Connection {
    fn open(
        startup: &Startup,
        socket: TcpStream,
        ends: Ends,
        login: &Login,
        deadline: Instant,
    ) -> Result<Self, ErrorKind> {
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        socket.set_write_timeout(Some(left)).map_err(|error| lost(&error))?;
        let receiver = Receiver::new(socket);
        let open = startup.open(Box::new(receiver.stream()), ends, login);
        let link = receiver.run(open, deadline).ok_or(ErrorKind::Timeout(Limit::Connect))??;
        Ok(Self { link, receiver })
    }

    /// Executes statements and returns the rows of all of them, their values as text.
    pub(crate) fn rows(
        &mut self,
        text: &str,
        deadline: Instant,
    ) -> Result<Vec<Vec<Option<String>>>, ErrorKind> {
        let Self { link, receiver } = self;
        receiver.run(link.rows(text), deadline).unwrap_or(Err(ErrorKind::Timeout(Limit::Response)))
    }

    pub(crate) fn send(&mut self, statement: &Statement<'_>, deadline: Instant) -> Result<Reply, ErrorKind> {
        let Self { link, receiver } = self;
        receiver.run(link.send(statement), deadline).unwrap_or(Err(ErrorKind::Timeout(Limit::Response)))
    }
}

impl ThreadClient {
    /// Connects on this thread.
    pub(crate) fn connect_now(&self, deadline: Instant) -> Result<Connection, ErrorKind> {
        let login = self.credentials.login().map_err(|error| ErrorKind::Unreachable(error.to_string()))?;
        let response_timeout = self.response_timeout;
        let startup = Arc::clone(&self.startup);
        let connection = if let Some(path) = &self.server.socket {
            let socket = unix(path)
                .map_err(|error| ErrorKind::Unreachable(format!("no connection to {path}: {error}")))?;
            Connection::open(&startup, socket, Ends::unix(&self.server), &login, deadline)?
        } else {
            let limit = session_net::Limit::until("connect_timeout", self.connect_timeout, deadline);
            reach_blocking(&self.server.host, self.server.port, limit, move |address: SocketAddr| {
                let stream = connect_blocking(address, limit).map_err(|error| lost(&error))?;
                let ours = stream.local_addr().map_err(|error| lost(&error))?;
                let ends = Ends::Tcp { ours, theirs: address };
                Connection::open(&startup, stream, ends, &login, limit.deadline())
            })?
        };
        connection.receiver.set_write_timeout(response_timeout).map_err(|error| lost(&error))?;
        Ok(connection)
    }
}

fn lost(error: &io::Error) -> ErrorKind {
    ErrorKind::Lost(error.to_string())
}

impl Client for ThreadClient {
    type Dialect = Postgres;
    type Runtime = Threads;
    type Connection = Connection;

    fn new(options: &StoreOptions) -> Result<Self, BuildError> {
        Ok(Self {
            startup: Arc::new(Startup::new(options, "tls-blocking")?),
            server: options.server.clone(),
            credentials: options.credentials.clone(),
            connect_timeout: options.limits.connect_timeout,
            response_timeout: options.limits.response_timeout,
        })
    }

    async fn connect(&self, deadline: Instant) -> Result<Connection, ErrorKind> {
        self.connect_now(deadline)
    }

    async fn ping(&self, connection: &mut Connection, deadline: Instant) -> bool {
        let Connection { link, receiver } = connection;
        let deadline = deadline.min(Instant::now() + PING_TIMEOUT);
        receiver.run(link.ping(), deadline).is_some_and(|result| result.is_ok())
    }

    async fn send(
        &self,
        connection: &mut Connection,
        statement: &Statement<'_>,
        deadline: Instant,
    ) -> Result<Reply, ErrorKind> {
        let Connection { link, receiver } = connection;
        let response = Instant::now() + self.response_timeout;
        let limit = if deadline < response { Limit::Budget } else { Limit::Response };
        let reply = receiver.run(link.send(statement), deadline.min(response));
        reply.unwrap_or(Err(ErrorKind::Timeout(limit)))
    }

    fn close(&self, connection: Connection) {
        drop(connection);
    }
}

/// What is done with a socket of the file system is done as with one of TCP.
#[cfg(unix)]
fn unix(path: &str) -> io::Result<TcpStream> {
    use std::os::{fd::OwnedFd, unix::net::UnixStream};

    UnixStream::connect(path).map(|stream| OwnedFd::from(stream).into())
}

#[cfg(not(unix))]
fn unix(_: &str) -> io::Result<TcpStream> {
    Err(io::ErrorKind::Unsupported.into())
}
