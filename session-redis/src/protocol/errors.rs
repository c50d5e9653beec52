//! What an error means for the caller.

use std::io;

use session_core::store::{Applied, StoreError, StoreErrorKind};

use super::error_line::ErrorLine;

/// A server's reply that is an error.
#[derive(Debug, thiserror::Error)]
#[error("the server answered: {0}")]
struct ErrorReply(String);

/// What follows from an error of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// It answers the request.
    Answer,
    /// The server is not ready, or knows another place; later it may be.
    Wait,
    /// The server is not the one that serves writes any more: a new connection may lead to it.
    WrongServer,
}

/// What an error of the server means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) kind: StoreErrorKind,
    pub(crate) class: Class,
    pub(crate) applied: Applied,
}

/// When a server raises an error.
#[derive(Clone, Copy)]
enum When {
    /// Before it changes anything, also within a script: at its first write, or never.
    First,
    /// At a command, of which a script may have made others before.
    AtCommand,
    /// Not known.
    Unknown,
}

impl Meaning {
    /// The table of all errors that are known.
    pub(crate) fn of(reply: &str) -> Self {
        use Class::{Answer, Wait, WrongServer};
        use StoreErrorKind::{
            Denied, Other, OutOfSpace, Overloaded, ReadOnly, Unavailable, Undecodable, Unsupported,
        };

        let line = ErrorLine::of(reply);
        let (kind, class, when) = match line.code {
            "READONLY" => (ReadOnly, WrongServer, When::First),
            "MASTERDOWN" => (Unavailable, WrongServer, When::First),
            "LOADING" | "CLUSTERDOWN" | "TRYAGAIN" => (Unavailable, Wait, When::First),
            "NOREPLICAS" | "MISCONF" => (Unavailable, Answer, When::First),
            // Dragonfly may run out of memory at any command of a script.
            "OOM" if line.text.contains("maxmemory") => (OutOfSpace, Answer, When::First),
            "OOM" => (OutOfSpace, Answer, When::AtCommand),
            "BUSY" => (Overloaded, Answer, When::First),
            "NOAUTH" | "WRONGPASS" => (Denied, Answer, When::First),
            "NOPERM" => (Denied, Answer, When::AtCommand),
            "NOSCRIPT" => (Other, Answer, When::First),
            // The server is a node of a cluster, which the URL must say.
            "MOVED" | "ASK" | "CROSSSLOT" => (Unsupported, Answer, When::AtCommand),
            // Scripts read every key before they write any.
            "WRONGTYPE" => (Undecodable, Answer, When::First),
            _ => match line.text {
                text if text.contains("max number of clients") => (Overloaded, Answer, When::First),
                text if text.starts_with("ERR AUTH") => (Denied, Answer, When::First),
                // Of Redis up to 7.0, without a code.
                text if text.contains("The user executing the script can't") => {
                    (Denied, Answer, When::AtCommand)
                }
                text if text.to_ascii_lowercase().contains("unknown command") => {
                    (Unsupported, Answer, When::AtCommand)
                }
                // Of Envoy and of twemproxy.
                "no upstream host" => (Unavailable, Wait, When::First),
                text if text.starts_with("upstream ") || text.starts_with("ERR Connection ") => {
                    (Unavailable, Wait, When::Unknown)
                }
                "ERR Operation timed out" => (StoreErrorKind::Timeout, Wait, When::Unknown),
                _ => (Other, Answer, When::Unknown),
            },
        };
        let applied = match when {
            When::First => Applied::No,
            When::AtCommand if !line.is_in_script => Applied::No,
            When::AtCommand | When::Unknown => Applied::Unknown,
        };
        Self { kind, class, applied }
    }
}

/// The server answered with an error.
pub(crate) fn refused(reply: &str) -> StoreError {
    let Meaning { kind, applied, .. } = Meaning::of(reply);
    StoreError::new(kind, applied).with_source(ErrorReply(reply.to_owned()))
}

/// An argument that the contract forbids.
pub(crate) fn invalid_argument(reason: &'static str) -> StoreError {
    StoreError::new(StoreErrorKind::Other, Applied::No).with_source(reason)
}

/// Other requests have used what this one waited for.
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

/// There are no credentials for a new connection, so nothing was sent.
pub(crate) fn no_credentials(error: session_net::CredentialsError) -> StoreError {
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
        (_, Some(ErrorReply(reply))) => Meaning::of(reply).kind,
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
        Some(_) => Meaning::of(&error.to_string()).kind,
        None => kind_of_client(&error),
    };
    StoreError::new(kind, Applied::No).with_source(error)
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
