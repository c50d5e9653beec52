//! Between our statements and answers and those of `mysql`.

use std::io;

use bytes::Bytes;
use mysql::{
    Conn, DriverError, Error, Opts, OptsBuilder, Params, SslOpts, Value, consts::CapabilityFlags,
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
        SslOpts::default()
            .with_root_cert_path(address.authority.clone())
            .with_danger_accept_invalid_certs(address.tls == Tls::Required)
            .with_danger_skip_domain_validation(address.tls == Tls::Required)
    });
    OptsBuilder::new()
        .ip_or_hostname(Some(address.host.clone()))
        .tcp_port(address.port)
        .socket(address.socket.clone())
        .user(address.user.clone())
        .pass(address.password.clone())
        .db_name(address.database.clone())
        // An update that finds its row but changes no value has found it.
        .additional_capabilities(CapabilityFlags::CLIENT_FOUND_ROWS)
        .tcp_nodelay(true)
        // Each connection keeps what it has prepared itself.
        .stmt_cache_size(0)
        .prefer_socket(false)
        .tcp_connect_timeout(Some(settings.connect_timeout))
        .read_timeout(Some(settings.response_timeout))
        .write_timeout(Some(settings.response_timeout))
        .ssl_opts(protected)
        .init(settings.greeting())
        .into()
}

/// For what takes as long as it takes, told to a server that somebody is looking at.
pub(crate) fn unhurried(settings: &Settings) -> Opts {
    OptsBuilder::from_opts(options(settings)).read_timeout(None).write_timeout(None).into()
}

pub(super) fn exchange(
    conn: &mut Conn,
    prepared: &mut Prepared<mysql::Statement>,
    statement: &Statement<'_>,
) -> Result<Answer, Error> {
    let Some(number) = statement.number else {
        conn.query_drop(statement.text)?;
        return Ok(Answer::Changed(0));
    };
    let ready = if let Some(ready) = prepared.get(number) {
        ready
    } else {
        let ready = conn.prep(statement.text)?;
        prepared.put(number, ready.clone());
        ready
    };
    let parameters = statement.parameters.iter().map(value).collect();
    let mut result = conn.exec_iter(&ready, Params::Positional(parameters))?;
    let changed = result.affected_rows();
    let mut rows = Vec::new();
    for row in result.by_ref() {
        rows.push(row?.unwrap_raw().into_iter().map(cell).collect());
    }
    Ok(if statement.writes { Answer::Changed(changed) } else { Answer::Rows(rows) })
}

fn value(parameter: &Parameter<'_>) -> Value {
    match parameter {
        Parameter::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Parameter::Number(number) => Value::Int(*number),
    }
}

pub(crate) fn cell(value: Option<Value>) -> Cell {
    match value {
        Some(Value::Bytes(bytes)) => Cell::Bytes(Bytes::from(bytes)),
        Some(Value::Int(number)) => Cell::Number(number),
        Some(Value::UInt(number)) => i64::try_from(number).map_or(Cell::Other, Cell::Number),
        _ => Cell::Other,
    }
}

/// The library's own text names no value, but its `Debug` may show a packet.
pub(crate) fn trouble(error: Error) -> Trouble {
    match error {
        Error::MySqlError(answer) => Trouble::Refused { code: answer.code, message: answer.message },
        Error::IoError(error) => of_io(&error),
        Error::CodecError(error) => {
            match std::error::Error::source(&error).and_then(|source| source.downcast_ref()) {
                Some(error) => of_io(error),
                None if error.to_string().starts_with(TOO_LARGE) => Trouble::TooLarge,
                None => Trouble::Lost(error.to_string()),
            }
        }
        Error::DriverError(DriverError::ConnectTimeout) => Trouble::Timeout,
        error => Trouble::Lost(error.to_string()),
    }
}

/// The type of this error is not exported.
const TOO_LARGE: &str = "Packet is larger";

fn of_io(error: &io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Trouble::Timeout,
        _ => Trouble::Lost(error.to_string()),
    }
}
