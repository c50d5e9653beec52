//! Between our requests and replies and the client library's.

use bytes::Bytes;
use redis::{Pipeline, Value};
use session_core::store::StoreError;

use crate::{
    failure::failure,
    reply::Reply,
    request::{Command, Request},
};

pub(crate) fn pipeline(commands: &[Command]) -> Pipeline {
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

/// The reply to a request from those to its commands. An error among them is the request's.
pub(crate) fn reply(request: &Request, values: Vec<Value>) -> Result<Reply, StoreError> {
    let mut replies = Vec::with_capacity(values.len());
    for value in values {
        let value = value.extract_error().map_err(failure)?;
        replies.push(Reply::from(value));
    }
    match request {
        Request::Pipeline(_) => Ok(Reply::Array(replies)),
        Request::Script { .. } => Ok(replies.pop().unwrap_or(Reply::Other)),
    }
}

/// Whether the server does not know the script yet.
pub(crate) fn is_unknown_script(error: &redis::RedisError) -> bool {
    error.code() == Some("NOSCRIPT")
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
            _ => Self::Other,
        }
    }
}
