//! What an error means for the caller.

use std::io;

use session_core::store::{Applied, StoreError, StoreErrorKind};

/// A server's answer that is an error; it says that nothing was done.
#[derive(Debug, thiserror::Error)]
#[error("the server answered: {0}")]
struct Answered(String);

/// The failure of a request that the server refused.
pub(crate) fn refused(answer: &str) -> StoreError {
    StoreError::new(of_answer(answer), Applied::No).with_source(Answered(answer.to_owned()))
}

/// The failure of a connection that others share.
#[cfg(feature = "tokio")]
#[derive(Debug, thiserror::Error)]
#[error("the connection was lost")]
struct Lost(#[source] std::sync::Arc<io::Error>);

/// The failure of a request on a connection that was lost.
#[cfg(feature = "tokio")]
pub(crate) fn lost(reason: std::sync::Arc<io::Error>, applied: Applied) -> StoreError {
    let answered = reason.get_ref().and_then(|source| source.downcast_ref());
    let kind = match (reason.kind(), answered) {
        (_, Some(Answered(answer))) => of_answer(answer),
        (io::ErrorKind::InvalidData, _) => StoreErrorKind::Protocol,
        _ => StoreErrorKind::Unavailable,
    };
    StoreError::new(kind, applied).with_source(Lost(reason))
}

/// What a server says before it closes a connection.
#[cfg(feature = "tokio")]
pub(crate) fn dismissed(answer: String) -> io::Error {
    io::Error::other(Answered(answer))
}

/// The failure to connect: nothing was sent.
#[cfg(feature = "tokio")]
pub(crate) fn unconnected(error: io::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, Applied::No).with_source(error)
}

/// The failure of a request that was sent, and may have been carried out.
#[cfg(any(feature = "blocking", fuzzing))]
pub(crate) fn unanswered(error: redis::RedisError) -> StoreError {
    StoreError::new(of_client(&error), Applied::Unknown).with_source(error)
}

/// The failure to get a connection: nothing was sent.
#[cfg(any(feature = "blocking", fuzzing))]
pub(crate) fn unreached(error: redis::RedisError) -> StoreError {
    let kind = match error.code() {
        Some(_) => of_answer(&error.to_string()),
        None => of_client(&error),
    };
    StoreError::new(kind, Applied::No).with_source(error)
}

pub(crate) fn out_of_time(applied: Applied) -> StoreError {
    StoreError::new(StoreErrorKind::Timeout, applied)
}

/// A read changes nothing, however it failed.
pub(crate) fn read(error: StoreError) -> StoreError {
    if error.applied() == Applied::No {
        return error;
    }
    let kind = error.kind();
    StoreError::new(kind, Applied::No).with_source(error)
}

/// The kind of an answer that is an error; its first word is its code.
fn of_answer(answer: &str) -> StoreErrorKind {
    match code(answer) {
        "READONLY" => StoreErrorKind::ReadOnly,
        "OOM" => StoreErrorKind::OutOfSpace,
        "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "NOREPLICAS" | "MISCONF" => {
            StoreErrorKind::Unavailable
        }
        "BUSY" => StoreErrorKind::Overloaded,
        "NOAUTH" | "NOPERM" | "WRONGPASS" => StoreErrorKind::Denied,
        // Of a cluster, whose URL has to say that it is one.
        "MOVED" | "ASK" | "CROSSSLOT" => StoreErrorKind::Unsupported,
        "WRONGTYPE" => StoreErrorKind::Undecodable,
        _ if answer.contains("max number of clients") => StoreErrorKind::Overloaded,
        _ => StoreErrorKind::Other,
    }
}

pub(crate) fn code(answer: &str) -> &str {
    answer.split_once(' ').map_or(answer, |(code, _)| code)
}

#[cfg(any(feature = "blocking", fuzzing))]
fn of_client(error: &redis::RedisError) -> StoreErrorKind {
    let io = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    match error.kind() {
        _ if error.is_timeout() => StoreErrorKind::Timeout,
        _ if io.is_some() => StoreErrorKind::Unavailable,
        redis::ErrorKind::Io => StoreErrorKind::Unavailable,
        redis::ErrorKind::AuthenticationFailed => StoreErrorKind::Denied,
        redis::ErrorKind::InvalidClientConfig => StoreErrorKind::Unsupported,
        redis::ErrorKind::Parse | redis::ErrorKind::UnexpectedReturnType => StoreErrorKind::Protocol,
        _ => StoreErrorKind::Other,
    }
}
