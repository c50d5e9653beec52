//! What an error means for the connection, for the next attempt and for the caller.

use std::{fmt, time::Duration};

use session_core::store::{Applied, StoreError, StoreErrorKind};
use session_net::ConnectError;

use super::meaning::{Class, Meaning, meaning};
use crate::{limits::Limits, options::StoreOptions};

/// Why a statement has no reply, without the types of a client library. It never holds bytes of a session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ErrorKind {
    /// The server refused the statement.
    #[error("error {}: {}", .0.code, .0.message)]
    Refused(Refusal),
    /// There is no connection, so nothing was sent.
    #[error("{0}")]
    Unreachable(String),
    /// A server was not reached in time. The text names the addresses and the limit.
    #[error("{0}")]
    Unreached(String, Limit),
    /// Other operations took all the time or all the attempts.
    #[error("{0}")]
    Contended(&'static str),
    #[error("no reply within `{0}`")]
    Timeout(Limit),
    /// A connection is being made, and takes longer.
    #[error("no connection within `{0}`")]
    NotConnected(Limit),
    #[error("the connection broke: {0}")]
    Lost(String),
    #[error("the record does not fit into `max_allowed_packet`")]
    TooLarge,
    #[error("the reply does not fit the statement")]
    UnexpectedReply,
    /// The caller's mistake.
    #[error("{0}")]
    InvalidArgument(&'static str),
}

/// The server's own error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) state: [u8; 5],
    /// Whether it came before any wait of the server could have ended.
    pub(crate) at_once: bool,
    pub(crate) message: String,
}

/// The limit that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Budget,
    Connect,
    Response,
}

/// The error of a statement or an operation.
#[derive(Debug)]
pub(crate) struct Error {
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

pub(crate) const DUPLICATE_KEY: u16 = 1062;
pub(crate) const MISSING_TABLE: u16 = 1146;
/// The server ended a statement that took too long; the transaction goes on.
pub(crate) const OUT_OF_TIME: [u16; 2] = [1969, 3024];

impl ErrorKind {
    pub(crate) fn refused(code: u16, state: &str, message: String) -> Self {
        let state = state.as_bytes().try_into().unwrap_or(*b"HY000");
        Self::Refused(Refusal { code, state, at_once: false, message })
    }

    /// Notes that a refusal came faster than any wait of the server ends.
    pub(crate) fn at_once(mut self) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.at_once = true;
        }
        self
    }

    pub(crate) fn meaning(&self) -> Meaning {
        use Applied::{No, Unknown};
        use Class::{Answer, Broken};
        use StoreErrorKind::{Other, Overloaded, Protocol, Timeout, TooLarge, Unavailable};
        let (kind, class, applied) = match self {
            Self::Refused(refusal) => return meaning(refusal),
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

    /// Whether the statement may have taken effect.
    pub(crate) fn may_be_applied(&self) -> bool {
        self.meaning().applied == Applied::Unknown
    }

    /// The server's error code if it refused.
    pub(crate) const fn code(&self) -> Option<u16> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            _ => None,
        }
    }

    /// Turns the failure to connect into one after which nothing was sent.
    pub(crate) fn while_connecting(self) -> Self {
        match self {
            Self::Lost(reason) => Self::Unreachable(reason),
            // Each step of connecting has a limit of its own, which is part of the one that can be set.
            Self::Timeout(_) => Self::NotConnected(Limit::Connect),
            other => other,
        }
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
        let answer = failures.into_iter().map(|(_, kind)| kind).find(|kind| kind.code().is_some());
        let unreached = limit.map(|limit| Self::Unreached(text.clone(), limit));
        answer.or(unreached).unwrap_or(Self::Unreachable(text))
    }
}

impl Error {
    /// Turns it into the error of the contract.
    pub(crate) fn for_caller(self, options: &StoreOptions) -> StoreError {
        let error = StoreError::new(self.kind.meaning().kind, self.applied);
        match advice(&self.kind, options) {
            Some(advice) => error.with_source(format!("{} ({advice})", self.kind)),
            None => error.with_source(self.kind),
        }
    }
}

/// What the reader of an error can do about it.
fn advice(kind: &ErrorKind, options: &StoreOptions) -> Option<String> {
    let table = options.schema.table().unquoted();
    Some(match kind {
        ErrorKind::Timeout(limit) | ErrorKind::NotConnected(limit) => {
            format!("{:?}; `Builder::{limit}` raises it", limit.of(&options.limits))
        }
        ErrorKind::Unreached(_, limit) => format!("`Builder::{limit}` raises it"),
        ErrorKind::Refused(Refusal { code: 1146 | 1054 | 1136 | 1364, .. }) => format!(
            "the table `{table}` is missing or of another version; `session-setup mysql <url> --table {table}` \
             sets it up"
        ),
        ErrorKind::Refused(Refusal { code: 3159, .. }) => {
            "the server wants an encrypted connection: add `ssl-mode=verify-identity` to the URL".to_owned()
        }
        ErrorKind::Refused(Refusal { code: 1045, .. }) => {
            "if the password is right, the account or the server may want an encrypted connection: `ssl-mode`"
                .to_owned()
        }
        ErrorKind::Refused(Refusal { code: 1461, .. }) => {
            "raise `max_prepared_stmt_count` of the server, or lower `Builder::pool_size`".to_owned()
        }
        ErrorKind::Unreachable(text) => return tls_advice(text).map(str::to_owned),
        _ => return None,
    })
}

/// What the client libraries' texts about TLS mean.
fn tls_advice(text: &str) -> Option<&'static str> {
    const TEXTS: [(&str, &str); 5] = [
        (
            "UnknownIssuer",
            "nobody who is trusted here has issued the server's certificate: name its authority as `ssl-ca`",
        ),
        (
            "not valid for name",
            "the server's certificate is for another name: connect to a name that it has, or set `server-name`",
        ),
        (
            "CaUsedAsEndEntity",
            "the server shows the certificate of an authority as its own, which the client library never accepts: \
             make one with `-addext basicConstraints=critical,CA:FALSE`",
        ),
        (
            "UnsupportedCertVersion",
            "the server's certificate has version 1, which cannot be checked: make one of version 3",
        ),
        ("xpired", "the server needs a new certificate, or this machine's clock is wrong"),
    ];
    TEXTS.into_iter().find(|(part, _)| text.contains(part)).map(|(_, advice)| advice)
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
