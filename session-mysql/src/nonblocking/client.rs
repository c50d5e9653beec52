use std::{
    collections::BTreeMap,
    future::Future as _,
    net::SocketAddr,
    pin::pin,
    task::{Context, Waker},
    time::{Duration, Instant},
};

use mysql_async::{Conn, Opts, OptsBuilder, prelude::Queryable as _};
use session_net::{Credentials, reach};
use session_sql::{
    BuildError, Client, ErrorKind, Limit, PING_TIMEOUT, Reply, Statement, StatementKind, StoreOptions,
    nonblocking::{Tokio, in_time},
};

use super::wire::{connect, error_kind, exchange, options};
use crate::{Mysql, dialect::Handshake};

/// The client library `mysql_async`.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct TokioClient {
    options: Opts,
    credentials: Credentials,
    connect_timeout: Duration,
    response_timeout: Duration,
    handshake: Handshake,
}

/// A connection and what it has prepared.
#[allow(missing_debug_implementations, reason = "it has no name outside the crate")]
pub struct Connection {
    conn: Option<Conn>,
    /// The library would find a statement by reading its whole text, which takes longer than the server's reply.
    prepared: BTreeMap<StatementKind, mysql_async::Statement>,
}

impl TokioClient {
    /// Asks for the credentials of a new connection.
    async fn logged_in(&self) -> Result<Opts, ErrorKind> {
        #[cfg(feature = "tls-blocking")]
        crate::encryption::ensure_provider();
        let login = self.credentials.login_beside().await?;
        let options = OptsBuilder::from_opts(self.options.clone());
        Ok(options.user(login.user()).pass(login.password()).into())
    }

    async fn connect_to(&self, options: &Opts, address: SocketAddr) -> Result<Conn, ErrorKind> {
        let options = OptsBuilder::from_opts(options.clone());
        let options = options.tcp_port(address.port()).resolved_ips(Some([address.ip()]));
        connect(options.into(), &self.handshake).await.map_err(error_kind)
    }
}

impl Client for TokioClient {
    type Dialect = Mysql;
    type Runtime = Tokio;
    type Connection = Connection;

    fn new(store: &StoreOptions) -> Result<Self, BuildError> {
        let limits = &store.limits;
        Ok(Self {
            options: options(store)?,
            credentials: store.credentials.clone(),
            connect_timeout: limits.connect_timeout,
            response_timeout: limits.response_timeout,
            handshake: Handshake::new(limits.patience()),
        })
    }

    async fn connect(&self, deadline: Instant) -> Result<Connection, ErrorKind> {
        let options = self.logged_in().await?;
        let conn = if options.socket().is_some() {
            let connect = pin!(connect(options, &self.handshake));
            in_time(deadline, self.connect_timeout, Limit::Connect, error_kind, connect).await?
        } else {
            let limit = session_net::Limit::until("connect_timeout", self.connect_timeout, deadline);
            let connect = |address| self.connect_to(&options, address);
            reach(options.ip_or_hostname(), options.tcp_port(), limit, connect).await?
        };
        Ok(Connection { conn: Some(conn), prepared: BTreeMap::new() })
    }

    async fn ping(&self, connection: &mut Connection, deadline: Instant) -> bool {
        let Some(conn) = &mut connection.conn else {
            return false;
        };
        in_time(deadline, PING_TIMEOUT, Limit::Connect, error_kind, pin!(conn.ping())).await.is_ok()
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
        in_time(deadline, self.response_timeout, Limit::Response, error_kind, exchange.as_mut()).await
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

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use session_net::race;
    use session_testservers::MariaDb;

    use super::*;
    use crate::Builder;

    #[test]
    fn an_address_that_says_nothing_does_not_hide_the_next() {
        let (server, mute) = (MariaDb::start().unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
        let options = Builder::new(&server.url()).options().unwrap();
        let limit = session_net::Limit::start("connect_timeout", Duration::from_secs(60));
        let addresses = [mute.local_addr().unwrap(), server.address()];
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = TokioClient::new(&options).unwrap();
            let options = client.logged_in().await.unwrap();
            let connect = |address| client.connect_to(&options, address);
            let mut conn = race(&addresses, limit, connect).await.unwrap();
            conn.ping().await.unwrap();
            conn.disconnect().await.unwrap();
        });
        assert!(!limit.has_passed());
    }
}
