//! Between our requests and replies and the client library's.

use bytes::Bytes;
use redis::{Pipeline, Value};

use crate::{reply::Reply, request::Command};

pub(crate) fn pipeline(commands: &[&Command]) -> Pipeline {
    let mut pipeline = Pipeline::with_capacity(commands.len());
    for Command(words) in commands {
        let mut command = redis::Cmd::new();
        for word in words {
            command.arg(word.as_slice());
        }
        pipeline.add_command(command);
    }
    pipeline
}

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
