//! Between our statements and answers and those of `mysql_async`.

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
    options::Settings,
    protocol::errors::Trouble,
    protocol::prepared::Prepared,
    protocol::replies::{Answer, Cell},
    protocol::statement::{Parameter, Statement},
    servers::server_address::Tls,
};

pub(super) fn options(settings: &Settings) -> Opts {
    let address = &settings.address;
    let protected = (address.tls != Tls::Disabled).then(|| {
        let authority = address.authority.clone().map(Into::into);
        SslOpts::default()
            .with_disable_built_in_roots(authority.is_some())
            .with_root_certs(authority.into_iter().collect())
            .with_danger_accept_invalid_certs(address.tls == Tls::Required)
            .with_danger_skip_domain_validation(address.tls == Tls::Required)
    });
    OptsBuilder::default()
        .ip_or_hostname(address.host.clone())
        .tcp_port(address.port)
        .socket(address.socket.clone())
        .user(address.user.clone())
        .pass(address.password.clone())
        .db_name(address.database.clone())
        // An update that finds its row but changes no value has found it.
        .client_found_rows(true)
        .tcp_nodelay(true)
        .prefer_socket(false)
        .wait_timeout(Some(28_800))
        // Each connection keeps what it has prepared itself.
        .stmt_cache_size(0)
        .ssl_opts(protected)
        .init(settings.greeting())
        .into()
}

/// What the future answers before the deadline and the time that it may take. It stays where it is: one that is handed
/// on by value is stored at each step again.
pub(super) async fn in_time<T>(
    deadline: Instant,
    most: Duration,
    future: Pin<&mut impl Future<Output = Result<T, Error>>>,
) -> Result<T, Trouble> {
    let left = deadline.saturating_duration_since(Instant::now()).min(most);
    match tokio::time::timeout(left, future).await {
        Ok(answered) => answered.map_err(trouble),
        Err(_) => Err(Trouble::Timeout),
    }
}

pub(super) async fn exchange(
    conn: &mut Conn,
    prepared: &mut Prepared<mysql_async::Statement>,
    statement: &Statement<'_>,
) -> Result<Answer, Error> {
    let Some(number) = statement.number else {
        conn.query_drop(statement.text).await?;
        return Ok(Answer::Changed(0));
    };
    let ready = if let Some(ready) = prepared.get(number) {
        ready
    } else {
        let ready = conn.prep(statement.text).await?;
        prepared.put(number, ready.clone());
        ready
    };
    let parameters = statement.parameters.iter().map(value).collect();
    let result = conn.exec_iter(ready, Params::Positional(parameters)).await?;
    if statement.writes {
        let changed = result.affected_rows();
        result.drop_result().await?;
        return Ok(Answer::Changed(changed));
    }
    let rows: Vec<Row> = result.collect_and_drop().await?;
    Ok(Answer::Rows(rows.into_iter().map(cells).collect()))
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

/// The library's own text names no value, but its `Debug` may show a packet.
pub(super) fn trouble(error: Error) -> Trouble {
    match error {
        Error::Server(answer) => Trouble::Refused { code: answer.code, message: answer.message },
        Error::Driver(DriverError::PacketTooLarge) => Trouble::TooLarge,
        Error::Io(IoError::Io(error)) if is_too_large(&error) => Trouble::TooLarge,
        error => Trouble::Lost(error.to_string()),
    }
}

fn is_too_large(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && error.to_string().starts_with("Packet is larger")
}
