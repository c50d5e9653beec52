use bytes::Bytes;
// Both client libraries have this type from `mysql_common`.
#[cfg(not(feature = "tokio"))]
use mysql::Value;
#[cfg(feature = "tokio")]
use mysql_async::Value;

use session_sql::{Cell, Parameter};

pub(crate) fn value(parameter: &Parameter<'_>) -> Value {
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
