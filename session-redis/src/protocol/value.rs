//! From the client library's replies to ours.

use bytes::Bytes;
use redis::Value;

use crate::protocol::replies::Reply;

impl From<Value> for Reply {
    fn from(value: Value) -> Self {
        match value {
            Value::Nil => Self::Nil,
            Value::Int(number) => Self::Int(number),
            Value::BulkString(bytes) => Self::Bytes(Bytes::from(bytes)),
            Value::SimpleString(text) => Self::Status(text),
            Value::Okay => Self::Status("OK".to_owned()),
            Value::Array(values) => Self::Array(values.into_iter().map(Self::from).collect()),
            Value::ServerError(error) => Self::Error(match error.details() {
                Some(details) => format!("{} {details}", error.code()),
                None => error.code().to_owned(),
            }),
            _ => Self::Other,
        }
    }
}
