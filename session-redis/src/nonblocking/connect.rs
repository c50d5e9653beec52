use std::{io, net::SocketAddr};

use session_core::store::{Applied, StoreError};
use session_net::Limit;
use tokio::time::timeout_at;

use super::connection::Connection;
use crate::{
    options::StoreOptions,
    protocol::errors::{connect_failed, late, no_credentials, unreachable},
    routing::{Directory, Greeting},
    servers::ServerAddress,
};

/// Makes a connection that is logged in and leads to a server that may be used: the first to be ready of all addresses that
/// the server has.
pub(super) async fn connect(
    options: &StoreOptions,
    directory: &Directory,
    address: &ServerAddress,
) -> Result<Connection, StoreError> {
    let limit = Limit::start("connect_timeout", options.limits.connect_timeout);
    let (credentials, database) = options.account(address);
    let asked = timeout_at(limit.deadline().into(), credentials.login_beside()).await;
    let login = asked.map_err(|_| late(&limit, "no credentials", Applied::No))?.map_err(no_credentials)?;
    let greeting = Greeting::new(&login, database, directory.handshake(address));
    match &*options.target(address) {
        ServerAddress::Socket(path) => {
            let opening = async {
                let stream = session_net::connect_unix(path).await.map_err(connect_failed)?;
                greet(&greeting, directory, Connection::new(stream, options.max_in_flight)).await
            };
            let opened = timeout_at(limit.deadline().into(), opening).await;
            opened.unwrap_or_else(|_| Err(late(&limit, "no connection", Applied::No)))
        }
        ServerAddress::Tcp { host, port } => {
            let attempt = async |to| {
                let connection = open(options, to, host).await.map_err(connect_failed)?;
                Ok(greet(&greeting, directory, connection).await?)
            };
            session_net::reach(host, *port, limit, attempt).await.map_err(unreachable)
        }
    }
}

/// Logs in and looks whether the server may be used.
async fn greet(
    greeting: &Greeting,
    directory: &Directory,
    connection: Connection,
) -> Result<Connection, StoreError> {
    if let Some(commands) = greeting.commands() {
        let replies = connection.exchange(&commands).await;
        greeting.check(directory, replies.map_err(|failed| failed.error))?;
    }
    Ok(connection)
}

#[cfg_attr(not(feature = "tls"), expect(unused_variables, reason = "only TLS needs the name of the host"))]
async fn open(options: &StoreOptions, address: SocketAddr, host: &str) -> io::Result<Connection> {
    let stream = session_net::connect(address).await?;
    let max_in_flight = options.max_in_flight;
    #[cfg(feature = "tls")]
    if let Some(client) = &options.tls_client {
        return Ok(Connection::new(super::tls::secure(stream, host, client).await?, max_in_flight));
    }
    Ok(Connection::new(stream, max_in_flight))
}
