use std::{
    io,
    net::{SocketAddr, TcpStream},
    sync::Arc,
};

use session_core::store::StoreError;
use session_net::{Limit, TimedStream};

use super::{connection::Connection, stream::Stream};
use crate::{
    options::StoreOptions,
    protocol::errors::{connect_failed, no_credentials, not_applied, unexpected_reply, unreachable},
    routing::{Directory, Greeting},
    servers::ServerAddress,
};

/// Makes a connection that is logged in and leads to a server that may be used: the first to be ready of all addresses that
/// the server has.
pub(super) fn connect(
    options: &Arc<StoreOptions>,
    directory: &Arc<Directory>,
    address: &ServerAddress,
) -> Result<Connection, StoreError> {
    let limit = Limit::start("connect_timeout", options.limits.connect_timeout);
    let (credentials, database) = options.account(address);
    let login = credentials.login().map_err(no_credentials)?;
    let greeting = Greeting::new(&login, database, directory.handshake(address));
    match &*options.target(address) {
        ServerAddress::Socket(path) => {
            let stream = session_net::connect_unix_blocking(path);
            let stream = stream.and_then(|stream| timed(options, stream, limit)).map_err(connect_failed)?;
            let connection = Connection::new(Stream::Plain(stream), options.limits.connection_lifetime);
            greet(&greeting, directory, connection, limit)
        }
        ServerAddress::Tcp { host, port } => {
            let (options, directory) = (Arc::clone(options), Arc::clone(directory));
            let name = host.clone();
            let attempt = move |to| {
                let connection = open(&options, to, &name, limit).map_err(connect_failed)?;
                Ok(greet(&greeting, &directory, connection, limit)?)
            };
            session_net::reach_blocking(host, *port, limit, attempt).map_err(unreachable)
        }
    }
}

/// Logs in and looks whether the server may be used.
fn greet(
    greeting: &Greeting,
    directory: &Directory,
    mut connection: Connection,
    limit: Limit,
) -> Result<Connection, StoreError> {
    if let Some(commands) = greeting.commands() {
        greeting.check(directory, connection.exchange(&commands, limit))?;
    }
    // Bytes that nobody has asked for would be taken for the next reply.
    if connection.is_in_step() { Ok(connection) } else { Err(not_applied(unexpected_reply())) }
}

#[cfg_attr(
    not(feature = "tls-blocking"),
    expect(unused_variables, reason = "only TLS needs the name of the host")
)]
fn open(options: &StoreOptions, address: SocketAddr, host: &str, limit: Limit) -> io::Result<Connection> {
    let stream = timed(options, session_net::connect_blocking(address, limit)?, limit)?;
    let lifetime = options.limits.connection_lifetime;
    #[cfg(feature = "tls-blocking")]
    if let Some(client) = &options.tls_client {
        let stream = Stream::Encrypted(Box::new(client.handshake(stream, host, limit)?));
        return Ok(Connection::new(stream, lifetime));
    }
    Ok(Connection::new(Stream::Plain(stream), lifetime))
}

fn timed(options: &StoreOptions, stream: TcpStream, limit: Limit) -> io::Result<TimedStream> {
    TimedStream::new(stream, options.limits.response_timeout, limit.deadline())
}
