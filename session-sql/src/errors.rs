//! What an error means for the connection, for the next attempt and for the caller.

use std::{fmt, io, time::Duration};

use session_core::store::{Applied, StoreError, StoreErrorKind};
use session_net::{ConnectError, CredentialsError};

use crate::{Class, Dialect, Limits, Meaning, StoreOptions};

/// Why a statement has no reply, without the types of a client library. It never holds bytes of a session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// The server refused the statement.
    #[error("error {0}")]
    Refused(Refusal, Meaning),
    /// There is no connection, so nothing was sent.
    #[error("{0}")]
    Unreachable(String),
    /// A server was not reached in time. The text names the addresses and the limit.
    #[error("{0}")]
    Unreached(String, Limit),
    /// Other operations took all the time or all the attempts.
    #[error("{0}")]
    Contended(&'static str),
    /// There was no reply in time.
    #[error("no reply within `{0}`")]
    Timeout(Limit),
    /// A connection is being made, and takes longer.
    #[error("no connection within `{0}`")]
    NotConnected(Limit),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Lost(String),
    /// The client cannot send so much.
    #[error("the record is too large for the connection")]
    TooLarge,
    /// The reply has another shape than the statement asks for.
    #[error("the reply does not fit the statement")]
    UnexpectedReply,
    /// The caller's mistake.
    #[error("{0}")]
    InvalidArgument(&'static str),
}

/// The server's own error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The server's own number of the error, where it has one.
    pub code: Option<u16>,
    /// The SQLSTATE.
    pub state: [u8; 5],
    /// Whether it came before any wait of the server could have ended.
    pub at_once: bool,
    /// The server's text.
    pub message: String,
}

/// The limit that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// That of the operation.
    Budget,
    /// That of making a connection.
    Connect,
    /// That of one reply.
    Response,
}

/// The error of a statement or an operation.
#[derive(Debug)]
pub(crate) struct Error {
    /// What happened.
    pub(crate) kind: ErrorKind,
    /// Whether it may have taken effect.
    pub(crate) applied: Applied,
}

/// An error before anything could take effect.
impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, applied: Applied::No }
    }
}

impl ErrorKind {
    /// The server refused, with its own number of the error and the SQLSTATE.
    #[must_use]
    pub fn refused<D: Dialect>(code: Option<u16>, state: &str, message: String) -> Self {
        let state = state.as_bytes().try_into().unwrap_or(*b"HY000");
        let refusal = Refusal { code, state, at_once: false, message };
        let meaning = D::meaning(&refusal);
        Self::Refused(refusal, meaning)
    }

    /// Notes that a refusal came faster than any wait of the server ends.
    #[must_use]
    pub fn at_once<D: Dialect>(mut self) -> Self {
        if let Self::Refused(refusal, meaning) = &mut self {
            refusal.at_once = true;
            *meaning = D::meaning(refusal);
        }
        self
    }

    /// Returns what follows from it.
    #[must_use]
    pub fn meaning(&self) -> Meaning {
        use Applied::{No, Unknown};
        use Class::{Answer, Broken};
        use StoreErrorKind::{Other, Overloaded, Protocol, Timeout, TooLarge, Unavailable};
        let (kind, class, applied) = match self {
            Self::Refused(_, meaning) => return *meaning,
            Self::Unreachable(_) => (Unavailable, Class::NoConnection, No),
            Self::Contended(_) => (Overloaded, Class::NoConnection, No),
            Self::Timeout(_) => (Timeout, Broken, Unknown),
            Self::NotConnected(_) | Self::Unreached(..) => (Timeout, Class::NoConnection, No),
            Self::Lost(_) => (Unavailable, Broken, Unknown),
            Self::TooLarge => (TooLarge, Class::NoConnection, No),
            Self::UnexpectedReply => (Protocol, Class::NoConnection, Unknown),
            Self::InvalidArgument(_) => (Other, Answer, No),
        };
        Meaning { kind, class, applied }
    }

    /// Returns whether it is of this class.
    #[must_use]
    pub fn is(&self, class: Class) -> bool {
        self.meaning().class == class
    }

    /// Returns whether the statement may have taken effect.
    #[must_use]
    pub fn may_be_applied(&self) -> bool {
        self.meaning().applied == Applied::Unknown
    }

    /// Returns the server's own error if it refused.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal, _) => Some(refusal),
            _ => None,
        }
    }

    /// Turns the failure to connect into one after which nothing was sent.
    #[must_use]
    pub fn while_connecting(self) -> Self {
        match self {
            Self::Lost(reason) => Self::Unreachable(reason),
            // Each step of connecting has a limit of its own, which is part of the one that can be set.
            Self::Timeout(_) => Self::NotConnected(Limit::Connect),
            other => other,
        }
    }
}

impl From<io::Error> for ErrorKind {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.to_string())
    }
}

/// Without user and password there is no connection.
impl From<CredentialsError> for ErrorKind {
    fn from(error: CredentialsError) -> Self {
        Self::Unreachable(error.to_string())
    }
}

/// An answer of a server says more than what became of its other addresses.
impl From<ConnectError<Self>> for ErrorKind {
    fn from(error: ConnectError<Self>) -> Self {
        let (text, limit) = (error.to_string(), error.is_timeout().then_some(Limit::Connect));
        let failures = match error {
            ConnectError::Race { source, .. } => source.into_failures(),
            _ => Vec::new(),
        };
        let passed =
            |(_, kind): &(_, Self)| if let Self::Timeout(limit) = kind { Some(*limit) } else { None };
        let limit = failures.iter().find_map(passed).or(limit);
        let answer = failures.into_iter().map(|(_, kind)| kind).find(|kind| kind.refusal().is_some());
        let unreached = limit.map(|limit| Self::Unreached(text.clone(), limit));
        answer.or(unreached).unwrap_or(Self::Unreachable(text))
    }
}

impl Error {
    /// Turns it into the error of the contract.
    pub(crate) fn for_caller<D: Dialect>(self, options: &StoreOptions) -> StoreError {
        let error = StoreError::new(self.kind.meaning().kind, self.applied);
        match advice(&self.kind, &options.limits).or_else(|| D::advice(&self.kind, options)) {
            Some(advice) => error.with_source(format!("{} ({advice})", self.kind)),
            None => error.with_source(self.kind),
        }
    }
}

/// What the reader of an error can do about it, whatever the database is.
fn advice(kind: &ErrorKind, limits: &Limits) -> Option<String> {
    Some(match kind {
        ErrorKind::Timeout(limit) | ErrorKind::NotConnected(limit) => {
            format!("{:?}; `Builder::{limit}` raises it", limit.of(limits))
        }
        ErrorKind::Unreached(_, limit) => format!("`Builder::{limit}` raises it"),
        _ => return None,
    })
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "{code}: {}", self.message),
            None => write!(f, "{}: {}", String::from_utf8_lossy(&self.state), self.message),
        }
    }
}

impl Limit {
    const fn of(self, limits: &Limits) -> Duration {
        match self {
            Self::Budget => limits.budget,
            Self::Connect => limits.connect_timeout,
            Self::Response => limits.response_timeout,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Budget => "budget",
            Self::Connect => "connect_timeout",
            Self::Response => "response_timeout",
        })
    }
}
