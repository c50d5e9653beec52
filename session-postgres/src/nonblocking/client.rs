use std::{convert::identity, net::SocketAddr, pin::pin, time::Instant};

use session_net::{Login, reach};
use session_sql::{
    BuildError, Client, ErrorKind, Limit, PING_TIMEOUT, Reply, Statement, StoreOptions,
    nonblocking::{Tokio, in_time},
};

use crate::{
    Postgres,
    dialect::Ends,
    wire::{Link, Startup, no_connection},
};

/// The client library on the runtime of the caller.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct TokioClient(Startup);

impl TokioClient {
    async fn connect_to(&self, address: SocketAddr, login: &Login) -> Result<Box<Link>, ErrorKind> {
        let stream = session_net::connect(address).await?;
        let ends = Ends::Tcp { ours: stream.local_addr()?, theirs: address };
        self.0.open(Box::new(stream), ends, login).await
    }

    async fn connect_unix(&self, path: &str, login: &Login) -> Result<Box<Link>, ErrorKind> {
        let stream =
            session_net::connect_unix(path.as_ref()).await.map_err(|error| no_connection(path, &error))?;
        self.0.open(Box::new(stream), Ends::Unix, login).await
    }
}

impl Client for TokioClient {
    type Dialect = Postgres;
    type Runtime = Tokio;
    /// Boxed, because every call holds one.
    type Connection = Box<Link>;

    fn new(options: &StoreOptions) -> Result<Self, BuildError> {
        Startup::new(options, "tls").map(Self)
    }

    async fn connect(&self, deadline: Instant) -> Result<Box<Link>, ErrorKind> {
        let Startup { server, credentials, limits, .. } = &self.0;
        let login = credentials.login_beside().await?;
        if let Some(path) = &server.socket {
            let connect = pin!(self.connect_unix(path, &login));
            return in_time(deadline, limits.connect_timeout, Limit::Connect, identity, connect).await;
        }
        let connect = |address| self.connect_to(address, &login);
        Ok(reach(&server.host, server.port, self.0.limit(deadline), connect).await?)
    }

    async fn ping(&self, link: &mut Box<Link>, deadline: Instant) -> bool {
        in_time(deadline, PING_TIMEOUT, Limit::Connect, identity, pin!(link.ping())).await.is_ok()
    }

    async fn send(
        &self,
        link: &mut Box<Link>,
        statement: &Statement<'_>,
        deadline: Instant,
    ) -> Result<Reply, ErrorKind> {
        // Boxed, because it would make every call larger than what allocators are quick with.
        let mut exchange = Box::pin(link.send(statement));
        let timeout = self.0.limits.response_timeout;
        in_time(deadline, timeout, Limit::Response, identity, exchange.as_mut()).await
    }
}
