//! Between our statements and replies and those of `mysql_async`.

use std::{
    io,
    pin::Pin,
    time::{Duration, Instant},
};

use bytes::Bytes;
use mysql_async::{
    Conn, DriverError, Error, IoError, Opts, OptsBuilder, Params, Row, SslOpts, Value,
    prelude::Queryable as _,
};

use crate::{
    options::StoreOptions,
    protocol::{
        errors::ErrorKind,
        handshake::handshake,
        prepared::Prepared,
        replies::{Cell, Reply},
        statement::{Parameter, Statement},
    },
    servers::server_address::SslMode,
};

pub(super) fn options(store: &StoreOptions) -> Opts {
    let server = &store.server;
    let ssl = (server.ssl_mode != SslMode::Disabled).then(|| {
        let authority = server.authority.clone().map(Into::into);
        SslOpts::default()
            .with_disable_built_in_roots(authority.is_some())
            .with_root_certs(authority.into_iter().collect())
            .with_danger_accept_invalid_certs(server.ssl_mode == SslMode::Required)
            .with_danger_skip_domain_validation(server.ssl_mode == SslMode::Required)
    });
    OptsBuilder::default()
        .ip_or_hostname(server.host.clone())
        .tcp_port(server.port)
        .socket(server.socket.clone())
        .user(server.user.clone())
        .pass(server.password.clone())
        .db_name(server.database.clone())
        // An update that finds its row counts it as changed, even if all values stay the same.
        .client_found_rows(true)
        .tcp_nodelay(true)
        .prefer_socket(false)
        .wait_timeout(Some(28_800))
        // `Prepared` keeps the statements.
        .stmt_cache_size(0)
        .ssl_opts(ssl)
        .init(handshake(store.limits.budget))
        .into()
}

/// Waits for the future until the deadline, and no longer than `most`. The future is pinned by the caller: one that is passed
/// by value is stored at each step again.
pub(super) async fn in_time<T>(
    deadline: Instant,
    most: Duration,
    future: Pin<&mut impl Future<Output = Result<T, Error>>>,
) -> Result<T, ErrorKind> {
    let left = deadline.saturating_duration_since(Instant::now()).min(most);
    match tokio::time::timeout(left, future).await {
        Ok(result) => result.map_err(error_kind),
        Err(_) => Err(ErrorKind::Timeout),
    }
}

pub(super) async fn exchange(
    conn: &mut Conn,
    prepared: &mut Prepared<mysql_async::Statement>,
    statement: &Statement<'_>,
) -> Result<Reply, Error> {
    let Some(kind) = statement.kind else {
        conn.query_drop(statement.text).await?;
        return Ok(Reply::Changed(0));
    };
    let ready = if let Some(ready) = prepared.get(kind) {
        ready
    } else {
        let ready = conn.prep(statement.text).await?;
        prepared.put(kind, ready.clone());
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
    Ok(Reply::Rows(rows.into_iter().map(cells).collect()))
}

fn value(parameter: &Parameter<'_>) -> Value {
    match parameter {
        Parameter::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Parameter::Number(number) => Value::Int(*number),
    }
}

fn cells(row: Row) -> Vec<Cell> {
    row.unwrap_raw().into_iter().map(cell).collect()
}

fn cell(value: Option<Value>) -> Cell {
    match value {
        Some(Value::Bytes(bytes)) => Cell::Bytes(Bytes::from(bytes)),
        Some(Value::Int(number)) => Cell::Number(number),
        Some(Value::UInt(number)) => i64::try_from(number).map_or(Cell::Other, Cell::Number),
        _ => Cell::Other,
    }
}

/// The library's error texts contain no values, but their `Debug` may show a packet.
fn error_kind(error: Error) -> ErrorKind {
    match error {
        Error::Server(error) => ErrorKind::Refused { code: error.code, message: error.message },
        Error::Driver(DriverError::PacketTooLarge) => ErrorKind::TooLarge,
        Error::Io(IoError::Io(error)) if is_too_large(&error) => ErrorKind::TooLarge,
        error => ErrorKind::Lost(error.to_string()),
    }
}

fn is_too_large(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && error.to_string().starts_with("Packet is larger")
}
