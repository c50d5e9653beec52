//! What an error means for the caller.

use std::{error::Error, fmt, io, sync::Arc};

use session_core::store::{Applied, StoreError, StoreErrorKind};
#[cfg(feature = "tls-blocking")]
use session_net::tls::{is_certificate_refused, is_handshake_failure};
use session_net::{ConnectError, Limit};

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

/// The time is over that this setting of the builder allows.
pub(crate) fn late(limit: &Limit, what: &str, applied: Applied) -> StoreError {
    let source = format!("{what} within {limit}; `Builder::{}` raises it", limit.setting());
    StoreError::new(StoreErrorKind::Timeout, applied).with_source(source)
}

/// The task that should have done it has ended, for instance with its runtime.
pub(crate) fn interrupted() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, Applied::No).with_source("the runtime has ended")
}

/// The store was used before the process was forked.
#[cfg(feature = "tokio")]
pub(crate) fn forked() -> StoreError {
    let reason =
        "the store was used before the process was forked; make one in each process, on a runtime of its own";
    StoreError::new(StoreErrorKind::Unsupported, Applied::No).with_source(reason)
}

/// A failure before anything was sent, for one of the requests that have met it.
pub(crate) fn shared(failure: &Arc<StoreError>) -> StoreError {
    /// An `Arc` of an error is not an error. The kind is told already.
    #[derive(Debug)]
    struct Shared(Arc<StoreError>);

    impl fmt::Display for Shared {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self.0.source() {
                Some(source) => fmt::Display::fmt(source, f),
                None => fmt::Display::fmt(&self.0, f),
            }
        }
    }

    impl Error for Shared {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.0.source()?.source()
        }
    }

    StoreError::new(failure.kind(), Applied::No).with_source(Shared(Arc::clone(failure)))
}

/// The error of a request that changes nothing, however it failed.
pub(crate) fn not_applied(error: StoreError) -> StoreError {
    error.with_applied(Applied::No)
}

/// This address led to no connection, so nothing was sent.
pub(crate) fn connect_failed(error: io::Error) -> StoreError {
    let kind = match error.kind() {
        _ if is_certificate_refused(&error) => StoreErrorKind::Denied,
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => StoreErrorKind::Timeout,
        _ => StoreErrorKind::Unavailable,
    };
    StoreError::new(kind, Applied::No).with_source(error)
}

#[cfg(not(feature = "tls-blocking"))]
const fn is_certificate_refused(_: &io::Error) -> bool {
    false
}

#[cfg(not(feature = "tls-blocking"))]
const fn is_handshake_failure(_: &io::Error) -> bool {
    false
}

/// Why an address led to no connection. The text is that of the cause.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.0.source().map_or_else(|| self.0.to_string(), ToString::to_string))]
pub(crate) struct NoConnection(StoreError);

impl From<StoreError> for NoConnection {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{source}{advice}")]
struct Unreachable {
    source: ConnectError<NoConnection>,
    advice: String,
}

/// No address of the server led to a connection.
pub(crate) fn unreachable(error: ConnectError<NoConnection>) -> StoreError {
    let kind = match error.last_failure() {
        Some(failure) => failure.0.kind(),
        None if error.is_timeout() => StoreErrorKind::Timeout,
        None => StoreErrorKind::Unavailable,
    };
    let advice = error.limit().map(|limit| format!("; `Builder::{}` raises it", limit.setting()));
    let source = Unreachable { source: error, advice: advice.unwrap_or_default() };
    StoreError::new(kind, Applied::No).with_source(source)
}

/// There are no credentials for a new connection, so nothing was sent.
pub(crate) fn no_credentials(error: session_net::CredentialsError) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, Applied::No).with_source(error)
}

/// The shared connection was lost.
pub(crate) fn connection_lost(reason: Arc<io::Error>, applied: Applied) -> StoreError {
    /// An `Arc` of an error is not an error.
    #[derive(Debug, thiserror::Error)]
    #[error("the connection was lost: {0}")]
    struct ConnectionLost(#[source] Arc<io::Error>);

    let reply = reason.get_ref().and_then(|source| source.downcast_ref());
    let kind = match (reason.kind(), reply) {
        (_, Some(ErrorReply(reply))) => Meaning::of(reply).kind,
        _ if is_certificate_refused(&reason) => StoreErrorKind::Denied,
        _ if is_handshake_failure(&reason) => StoreErrorKind::Unavailable,
        (io::ErrorKind::InvalidData, _) => StoreErrorKind::Protocol,
        _ => StoreErrorKind::Unavailable,
    };
    // With TLS 1.3 the server may refuse the handshake only in place of its first reply.
    let applied = if is_handshake_failure(&reason) { Applied::No } else { applied };
    StoreError::new(kind, applied).with_source(ConnectionLost(reason))
}

/// Whether the connection was closed without a reason.
pub(crate) fn is_hung_up(error: &StoreError) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        let io = error
            .downcast_ref::<io::Error>()
            .or_else(|| error.downcast_ref::<Arc<io::Error>>().map(|io| &**io));
        if io.is_some_and(|io| {
            matches!(io.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
        }) {
            return true;
        }
        source = error.source();
    }
    false
}

/// The server sent this error before it closed the connection.
pub(crate) fn closed_by_server(reply: String) -> io::Error {
    io::Error::other(ErrorReply(reply))
}
