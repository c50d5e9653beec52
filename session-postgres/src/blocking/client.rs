use std::{
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Instant,
};

use session_net::{Login, connect_blocking, connect_unix_blocking, reach_blocking};
use session_sql::{
    BuildError, Client, ErrorKind, Limit, PING_TIMEOUT, Reply, Statement, StoreOptions, blocking::Threads,
};

use super::socket::Socket;
use crate::{
    Postgres,
    dialect::Ends,
    wire::{Link, Startup, no_connection},
};

/// The client library without a runtime: what it waits for is received on the calling thread.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct ThreadClient(Arc<Startup>);

/// A connection, and the socket on which it is carried out.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct Connection {
    pub(crate) link: Box<Link>,
    pub(crate) socket: Arc<Socket>,
}

impl Connection {
    fn open(
        startup: &Startup,
        stream: TcpStream,
        ends: Ends,
        login: &Login,
        deadline: Instant,
    ) -> Result<Self, ErrorKind> {
        let socket = Socket::new(stream, startup.limits.response_timeout)?;
        let open = startup.open(Box::new(socket.stream()), ends, login);
        Ok(Self { link: socket.run(open, deadline, Limit::Connect)?, socket })
    }
}

impl ThreadClient {
    /// Connects on this thread.
    pub(crate) fn connect_now(&self, deadline: Instant) -> Result<Connection, ErrorKind> {
        let startup = Arc::clone(&self.0);
        let login = startup.credentials.login()?;
        if let Some(path) = &startup.server.socket {
            let stream = connect_unix_blocking(path.as_ref()).map_err(|error| no_connection(path, &error))?;
            return Connection::open(&startup, stream, Ends::Unix, &login, deadline);
        }
        let (server, limit) = (&self.0.server, startup.limit(deadline));
        let connection = reach_blocking(&server.host, server.port, limit, move |address: SocketAddr| {
            let stream = connect_blocking(address, limit)?;
            let ends = Ends::Tcp { ours: stream.local_addr()?, theirs: address };
            Connection::open(&startup, stream, ends, &login, limit.deadline())
        });
        Ok(connection?)
    }
}

impl Client for ThreadClient {
    type Dialect = Postgres;
    type Runtime = Threads;
    type Connection = Connection;

    fn new(options: &StoreOptions) -> Result<Self, BuildError> {
        Ok(Self(Arc::new(Startup::new(options, "tls-blocking")?)))
    }

    async fn connect(&self, deadline: Instant) -> Result<Connection, ErrorKind> {
        self.connect_now(deadline)
    }

    async fn ping(&self, Connection { link, socket }: &mut Connection, deadline: Instant) -> bool {
        let deadline = deadline.min(Instant::now() + PING_TIMEOUT);
        socket.run(link.ping(), deadline, Limit::Connect).is_ok()
    }

    async fn send(
        &self,
        Connection { link, socket }: &mut Connection,
        statement: &Statement<'_>,
        deadline: Instant,
    ) -> Result<Reply, ErrorKind> {
        let response = Instant::now() + self.0.limits.response_timeout;
        let limit = if deadline < response { Limit::Budget } else { Limit::Response };
        socket.run(link.send(statement), deadline.min(response), limit)
    }
}
