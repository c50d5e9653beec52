use bytes::Bytes;
use session_core::store::StoreError;

use super::errors::unexpected_reply;

/// What the server replied, without the types of a client library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    Nil,
    Int(i64),
    Bytes(Bytes),
    Status(String),
    Array(Vec<Self>),
    /// The whole line, its code first.
    Error(String),
    /// Something that the server never replies to our commands.
    Other,
}

impl Reply {
    pub(crate) fn into_error(self) -> Option<String> {
        match self {
            Self::Error(line) => Some(line),
            _ => None,
        }
    }

    pub(crate) fn into_array(self) -> Result<Vec<Self>, StoreError> {
        match self {
            Self::Array(replies) => Ok(replies),
            _ => Err(unexpected_reply()),
        }
    }

    /// The elements of an array of this length.
    pub(crate) fn into_parts<const N: usize>(self) -> Result<[Self; N], StoreError> {
        self.into_array()?.try_into().map_err(|_| unexpected_reply())
    }
}

#[cfg(fuzzing)]
impl From<redis::Value> for Reply {
    fn from(value: redis::Value) -> Self {
        use redis::Value;

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
