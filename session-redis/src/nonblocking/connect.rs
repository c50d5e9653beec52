use std::io;

use session_core::store::{Applied, StoreError};
use tokio::{net::TcpStream, time::timeout};

use super::connection::Connection;
use crate::{
    options::{StoreOptions, login_commands},
    protocol::{
        Command, Reply,
        errors::{self, connect_failed, no_credentials, not_applied, refused},
        pack,
    },
    servers::ServerAddress,
};

/// Opens a connection, logs in and sends the commands of the handshake. Returns their replies, too.
pub(super) async fn connect(
    options: &StoreOptions,
    address: &ServerAddress,
    handshake: Vec<Command>,
) -> Result<(Connection, Vec<Reply>), StoreError> {
    let late = |_| errors::timeout(Applied::No);
    let limit = options.limits.connect_timeout;
    let opened = timeout(limit, open(options, address)).await;
    let connection = opened.map_err(late)?.map_err(connect_failed)?;
    let (credentials, database) = options.account(address);
    let login = login_commands(&credentials.login_beside().await.map_err(no_credentials)?, database);
    let login_length = login.len();
    let commands: Vec<_> = login.into_iter().chain(handshake).collect();
    if commands.is_empty() {
        return Ok((connection, Vec::new()));
    }
    let replies = timeout(limit, connection.exchange(&pack(commands))).await;
    let mut replies = replies.map_err(late)?.map_err(not_applied)?;
    let handshake_replies = replies.split_off(login_length.min(replies.len()));
    match replies.into_iter().find_map(Reply::into_error) {
        Some(error) => Err(not_applied(refused(&error))),
        None => Ok((connection, handshake_replies)),
    }
}

async fn open(options: &StoreOptions, address: &ServerAddress) -> io::Result<Connection> {
    match &*options.target(address) {
        #[cfg(unix)]
        ServerAddress::Socket(path) => Ok(Connection::new(tokio::net::UnixStream::connect(path).await?)),
        #[cfg(not(unix))]
        ServerAddress::Socket(_) => Err(io::ErrorKind::Unsupported.into()),
        ServerAddress::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await?;
            stream.set_nodelay(true)?;
            #[cfg(feature = "tls")]
            if let Some(client) = &options.tls_client {
                return Ok(Connection::new(super::tls::secure(stream, host, client).await?));
            }
            Ok(Connection::new(stream))
        }
    }
}
