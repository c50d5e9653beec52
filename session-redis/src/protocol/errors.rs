//! What an error means for the caller.

use std::io;

use session_core::store::{Applied, StoreError, StoreErrorKind};

/// A server's reply that is an error. The server has not executed the command.
#[derive(Debug, thiserror::Error)]
#[error("the server answered: {0}")]
struct ErrorReply(String);

/// The server refused the request.
pub(crate) fn refused(reply: &str) -> StoreError {
    StoreError::new(kind_of_reply(reply), Applied::No).with_source(ErrorReply(reply.to_owned()))
}

/// An argument that the contract forbids.
pub(crate) fn invalid_argument(reason: &'static str) -> StoreError {
    StoreError::new(StoreErrorKind::Other, Applied::No).with_source(reason)
}

/// Other requests have used what this one waited for.
#[cfg(feature = "blocking")]
pub(crate) fn contended(reason: &'static str) -> StoreError {
    StoreError::new(StoreErrorKind::Overloaded, Applied::No).with_source(reason)
}

/// The reply does not have the shape that the command demands.
pub(crate) fn unexpected_reply() -> StoreError {
    StoreError::new(StoreErrorKind::Protocol, Applied::Unknown)
        .with_source("the reply has another shape than the command demands")
}

/// A value that this store has not written.
pub(crate) fn undecodable(reason: &'static str) -> StoreError {
    StoreError::new(StoreErrorKind::Undecodable, Applied::No).with_source(reason)
}

pub(crate) fn timeout(applied: Applied) -> StoreError {
    StoreError::new(StoreErrorKind::Timeout, applied)
}

/// The error of a request that changes nothing, however it failed.
pub(crate) fn not_applied(error: StoreError) -> StoreError {
    if error.applied() == Applied::No {
        return error;
    }
    let kind = error.kind();
    StoreError::new(kind, Applied::No).with_source(error)
}

/// No connection was made, so nothing was sent.
#[cfg(feature = "tokio")]
pub(crate) fn connect_failed(error: io::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, Applied::No).with_source(error)
}

/// The shared connection was lost.
#[cfg(feature = "tokio")]
pub(crate) fn connection_lost(reason: std::sync::Arc<io::Error>, applied: Applied) -> StoreError {
    /// An `Arc` of an error is not an error.
    #[derive(Debug, thiserror::Error)]
    #[error("the connection was lost")]
    struct ConnectionLost(#[source] std::sync::Arc<io::Error>);

    let reply = reason.get_ref().and_then(|source| source.downcast_ref());
    let kind = match (reason.kind(), reply) {
        (_, Some(ErrorReply(reply))) => kind_of_reply(reply),
        (io::ErrorKind::InvalidData, _) => StoreErrorKind::Protocol,
        _ => StoreErrorKind::Unavailable,
    };
    StoreError::new(kind, applied).with_source(ConnectionLost(reason))
}

/// The server sent this error before it closed the connection.
#[cfg(feature = "tokio")]
pub(crate) fn closed_by_server(reply: String) -> io::Error {
    io::Error::other(ErrorReply(reply))
}

/// The client library failed on a request that was sent, which may have been executed.
#[cfg(any(feature = "blocking", fuzzing))]
pub(crate) fn client_failed(error: redis::RedisError) -> StoreError {
    StoreError::new(kind_of_client(&error), Applied::Unknown).with_source(error)
}

/// The client library got no connection, so nothing was sent.
#[cfg(any(feature = "blocking", fuzzing))]
pub(crate) fn client_connect_failed(error: redis::RedisError) -> StoreError {
    let kind = match error.code() {
        Some(_) => kind_of_reply(&error.to_string()),
        None => kind_of_client(&error),
    };
    StoreError::new(kind, Applied::No).with_source(error)
}

/// The first word of an error is its code.
pub(crate) fn code(reply: &str) -> &str {
    reply.split_once(' ').map_or(reply, |(code, _)| code)
}

fn kind_of_reply(reply: &str) -> StoreErrorKind {
    match code(reply) {
        "READONLY" => StoreErrorKind::ReadOnly,
        "OOM" => StoreErrorKind::OutOfSpace,
        "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "NOREPLICAS" | "MISCONF" => {
            StoreErrorKind::Unavailable
        }
        "BUSY" => StoreErrorKind::Overloaded,
        "NOAUTH" | "NOPERM" | "WRONGPASS" => StoreErrorKind::Denied,
        // The server is a node of a cluster, which the URL must say.
        "MOVED" | "ASK" | "CROSSSLOT" => StoreErrorKind::Unsupported,
        "WRONGTYPE" => StoreErrorKind::Undecodable,
        _ if reply.contains("max number of clients") => StoreErrorKind::Overloaded,
        _ => StoreErrorKind::Other,
    }
}

#[cfg(any(feature = "blocking", fuzzing))]
fn kind_of_client(error: &redis::RedisError) -> StoreErrorKind {
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
