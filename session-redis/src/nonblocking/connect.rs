//! A connection of its own to a server: reached, secured, logged in.

use std::io;

use session_core::store::{Applied, StoreError};
use tokio::{net::TcpStream, time::timeout};

use super::connection::Connection;
use crate::{
    options::Settings,
    protocol::{
        errors::{self, out_of_time},
        replies::Reply,
        requests::{Command, pack},
    },
    servers::server_address::Address,
};

/// Opens a connection and gives it these commands after the login; what they were answered.
pub(super) async fn open(
    settings: &Settings,
    address: &Address,
    greeting: Vec<Command>,
) -> Result<(Connection, Vec<Reply>), StoreError> {
    let connecting = timeout(settings.connect_timeout, connect(settings, address)).await;
    let connection = connecting.map_err(|_| out_of_time(Applied::No))?.map_err(errors::unconnected)?;
    let login = settings.login(address);
    let count = login.len();
    let commands: Vec<_> = login.into_iter().chain(greeting).collect();
    if commands.is_empty() {
        return Ok((connection, Vec::new()));
    }
    let answers = timeout(settings.connect_timeout, connection.exchange(&pack(commands))).await;
    let mut replies = answers.map_err(|_| out_of_time(Applied::No))?.map_err(errors::read)?;
    let rest = replies.split_off(count.min(replies.len()));
    match replies.into_iter().find_map(Reply::into_error) {
        Some(answer) => Err(errors::refused(&answer)),
        None => Ok((connection, rest)),
    }
}

#[cfg_attr(not(feature = "tls"), expect(unused_variables, reason = "only TLS has settings of its own"))]
async fn connect(settings: &Settings, address: &Address) -> io::Result<Connection> {
    match address {
        #[cfg(unix)]
        Address::Socket(path) => Ok(Connection::new(tokio::net::UnixStream::connect(path).await?)),
        #[cfg(not(unix))]
        Address::Socket(_) => Err(io::ErrorKind::Unsupported.into()),
        Address::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await?;
            stream.set_nodelay(true)?;
            #[cfg(feature = "tls")]
            if settings.location.tls {
                return Ok(Connection::new(super::tls::secure(stream, host, settings).await?));
            }
            Ok(Connection::new(stream))
        }
    }
}
