//! Between our statements and replies and those of `mysql`.

use std::io;

use mysql::{
    Conn, DriverError, Error, Opts, OptsBuilder, Params, consts::CapabilityFlags, prelude::Queryable as _,
};

use session_net::Credentials;
use session_sql::{ErrorKind, KEEPALIVE, Limit, Reply, Statement, StoreOptions};

use super::{Connection, tls::ssl_opts};
use crate::{
    Mysql,
    dialect::{Handshake, cell, value},
};

pub(super) fn options(store: &StoreOptions) -> Opts {
    let (server, limits) = (&store.server, &store.limits);
    let keepalive = u32::try_from(KEEPALIVE.as_millis()).ok();
    let builder = OptsBuilder::new()
        .ip_or_hostname(Some(server.host.clone()))
        .tcp_port(server.port)
        .socket(server.socket.clone())
        .db_name(server.database.clone())
        // An update that finds its row counts it as changed, even if all values stay the same.
        .additional_capabilities(CapabilityFlags::CLIENT_FOUND_ROWS)
        .tcp_nodelay(true)
        // `Connection` keeps the statements.
        .stmt_cache_size(0)
        .prefer_socket(false)
        .tcp_connect_timeout(Some(limits.connect_timeout))
        .read_timeout(Some(limits.response_timeout))
        .write_timeout(Some(limits.response_timeout))
        .tcp_keepalive_time_ms(keepalive)
        .ssl_opts(store.tls.as_ref().map(ssl_opts));
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    let builder = builder.tcp_keepalive_probe_interval_secs(Some(10)).tcp_keepalive_probe_count(Some(3));
    builder.into()
}

/// Connects for maintenance, whose statements take as long as they take.
pub(crate) fn connect_without_timeouts(store: &StoreOptions) -> Result<Connection, Error> {
    let options = logged_in(&options(store), &store.credentials)?;
    let options = OptsBuilder::from_opts(options).read_timeout(None).write_timeout(None);
    let mut conn = Conn::new(options)?;
    for statement in Handshake::without_limits() {
        conn.query_drop(statement)?;
    }
    Ok(Connection::new(conn))
}

/// Asks for the credentials of a new connection.
pub(super) fn logged_in(options: &Opts, credentials: &Credentials) -> Result<Opts, Error> {
    #[cfg(feature = "tls-blocking")]
    crate::encryption::ensure_provider();
    let login = credentials.login().map_err(io::Error::other)?;
    let options = OptsBuilder::from_opts(options.clone());
    Ok(options.user(login.user()).pass(login.password()).into())
}

/// Connects and shakes hands. A server or proxy that refuses the complete handshake gets the necessary one.
pub(super) fn shake_hands(options: OptsBuilder, handshake: &Handshake) -> Result<Connection, Error> {
    let mut conn = Conn::new(options)?;
    match conn.query_drop(&handshake.complete) {
        Err(Error::MySqlError(_)) => {
            for statement in &handshake.necessary {
                conn.query_drop(statement)?;
            }
        }
        result => result?,
    }
    Ok(Connection::new(conn))
}

pub(crate) fn exchange(connection: &mut Connection, statement: &Statement<'_>) -> Result<Reply, Error> {
    let Connection { conn, prepared } = connection;
    let Some(kind) = statement.kind else {
        conn.query_drop(statement.text)?;
        return Ok(Reply::Changed(0));
    };
    let ready = if let Some(ready) = prepared.get(&kind).cloned() {
        ready
    } else {
        let ready = conn.prep(statement.text)?;
        prepared.insert(kind, ready.clone());
        ready
    };
    let parameters = statement.parameters.iter().map(value).collect();
    let mut result = conn.exec_iter(&ready, Params::Positional(parameters))?;
    let changed = result.affected_rows();
    let mut rows = Vec::new();
    for row in result.by_ref() {
        rows.push(row?.unwrap_raw().into_iter().map(cell).collect());
    }
    Ok(if statement.writes { Reply::Changed(changed) } else { Reply::Rows(rows) })
}

/// The library's error texts contain no values, but their `Debug` may show a packet.
pub(crate) fn error_kind(error: Error) -> ErrorKind {
    match error {
        Error::MySqlError(error) => {
            ErrorKind::refused::<Mysql>(Some(error.code), &error.state, error.message)
        }
        Error::IoError(error) => of_io(&error),
        Error::CodecError(error) => {
            match std::error::Error::source(&error).and_then(|source| source.downcast_ref()) {
                Some(error) => of_io(error),
                None if error.to_string().starts_with(TOO_LARGE) => ErrorKind::TooLarge,
                None => ErrorKind::Lost(error.to_string()),
            }
        }
        Error::DriverError(DriverError::ConnectTimeout) => ErrorKind::Timeout(Limit::Connect),
        error => ErrorKind::Lost(error.to_string()),
    }
}

/// How the text of this error begins; its type is not exported.
const TOO_LARGE: &str = "Packet is larger";

fn of_io(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => ErrorKind::Timeout(Limit::Response),
        _ => ErrorKind::Lost(error.to_string()),
    }
}
