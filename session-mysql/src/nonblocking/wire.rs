//! Between our statements and replies and those of `mysql_async`.

use std::{collections::BTreeMap, io};

use mysql_async::{
    Conn, DriverError, Error, IoError, Opts, OptsBuilder, Params, Row, prelude::Queryable as _,
};
use session_sql::{BuildError, ErrorKind, KEEPALIVE, Reply, Statement, StatementKind, StoreOptions};

use crate::{
    Mysql,
    bounds::WAIT_TIMEOUT,
    dialect::{Handshake, cell, value},
    encryption,
};

pub(super) fn options(store: &StoreOptions) -> Result<Opts, BuildError> {
    let server = &store.server;
    if let Some(tls) = &store.tls {
        encryption::check(tls, "tls", cfg!(feature = "tls"))?;
    }
    #[cfg(feature = "tls")]
    let ssl = store.tls.as_ref().map(super::tls::ssl_opts).transpose()?;
    #[cfg(not(feature = "tls"))]
    let ssl = None::<mysql_async::SslOpts>;
    let builder = OptsBuilder::default()
        .ip_or_hostname(server.host.clone())
        .tcp_port(server.port)
        .socket(server.socket.clone())
        .db_name(server.database.clone())
        // An update that finds its row counts it as changed, even if all values stay the same.
        .client_found_rows(true)
        .tcp_nodelay(true)
        .prefer_socket(false)
        .wait_timeout(usize::try_from(WAIT_TIMEOUT.as_secs()).ok())
        // `Connection` keeps the statements.
        .stmt_cache_size(0)
        .ssl_opts(ssl)
        .tcp_keepalive(Some(KEEPALIVE));
    Ok(builder.into())
}

/// Connects and shakes hands. A server or proxy that refuses the complete handshake gets the necessary one.
pub(super) async fn connect(options: Opts, handshake: &Handshake) -> Result<Conn, Error> {
    let mut conn = Conn::new(options).await?;
    match conn.query_drop(&*handshake.complete).await {
        Err(Error::Server(_)) => {
            for statement in &handshake.necessary {
                conn.query_drop(&**statement).await?;
            }
            Ok(conn)
        }
        result => result.map(|()| conn),
    }
}

pub(super) async fn exchange(
    conn: &mut Conn,
    prepared: &mut BTreeMap<StatementKind, mysql_async::Statement>,
    statement: &Statement<'_>,
) -> Result<Reply, Error> {
    let Some(kind) = statement.kind else {
        conn.query_drop(statement.text).await?;
        return Ok(Reply::Changed(0));
    };
    let ready = if let Some(ready) = prepared.get(&kind).cloned() {
        ready
    } else {
        let ready = conn.prep(statement.text).await?;
        prepared.insert(kind, ready.clone());
        ready
    };
    let parameters = statement.parameters.iter().map(value).collect();
    let result = conn.exec_iter(ready, Params::Positional(parameters)).await?;
    if statement.writes {
        let changed = result.affected_rows();
        result.drop_result().await?;
        return Ok(Reply::Changed(changed));
    }
    let rows: Vec<Row> = result.collect_and_drop().await?;
    Ok(Reply::Rows(rows.into_iter().map(|row| row.unwrap_raw().into_iter().map(cell).collect()).collect()))
}

/// The library's error texts contain no values, but their `Debug` may show a packet.
pub(super) fn error_kind(error: Error) -> ErrorKind {
    match error {
        Error::Server(error) => ErrorKind::refused::<Mysql>(Some(error.code), &error.state, error.message),
        Error::Driver(DriverError::PacketTooLarge) => ErrorKind::TooLarge,
        Error::Io(IoError::Io(error)) if is_too_large(&error) => ErrorKind::TooLarge,
        error => ErrorKind::Lost(error.to_string()),
    }
}

fn is_too_large(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && error.to_string().starts_with("Packet is larger")
}
