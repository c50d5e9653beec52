//! What an error means for the connection, for the next attempt and for the caller.

use session_core::store::{Applied, StoreError, StoreErrorKind};

/// Why a statement has no reply, without the types of a client library. It never holds bytes of a session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ErrorKind {
    /// The server refused the statement.
    #[error("error {code}: {message}")]
    Refused { code: u16, message: String },
    /// There is no connection, so nothing was sent.
    #[error("{0}")]
    Unreachable(String),
    /// Other operations took all the time or all the attempts.
    #[error("{0}")]
    Contended(&'static str),
    #[error("no reply in time")]
    Timeout,
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

/// The server ends the connection after these: killed, shut down, idle for too long, a packet that is too large.
const CONNECTION_ENDED: [u16; 6] = [1053, 1080, 1153, 1927, 3169, 4031];

/// The server rolled back the transaction so that others could go on, and expects it again.
pub(crate) const DEADLOCK: u16 = 1213;
pub(crate) const DUPLICATE_KEY: u16 = 1062;
pub(crate) const MISSING_TABLE: u16 = 1146;

impl ErrorKind {
    /// Whether the connection is in step and may be used again.
    pub(crate) fn is_reply(&self) -> bool {
        match self {
            Self::Refused { code, .. } => !CONNECTION_ENDED.contains(code),
            Self::InvalidArgument(_) => true,
            _ => false,
        }
    }

    /// Whether the connection was given up, so that another one may do better.
    pub(crate) fn is_broken_connection(&self) -> bool {
        match self {
            Self::Refused { code, .. } => CONNECTION_ENDED.contains(code),
            Self::Timeout | Self::Lost(_) => true,
            _ => false,
        }
    }

    /// Whether the statement may have taken effect.
    pub(crate) const fn may_be_applied(&self) -> bool {
        match self {
            // The server was shut down, killed or failed during the statement. Any other code means that nothing was done.
            Self::Refused { code, .. } => matches!(code, 1053 | 1080 | 1180 | 1317 | 1927 | 3169),
            Self::Timeout | Self::Lost(_) | Self::UnexpectedReply => true,
            Self::Unreachable(_) | Self::Contended(_) | Self::TooLarge | Self::InvalidArgument(_) => false,
        }
    }

    /// The server's error code if it refused.
    pub(crate) const fn code(&self) -> Option<u16> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Turns the failure to connect into one after which nothing was sent.
    pub(crate) fn while_connecting(self) -> Self {
        match self {
            Self::Lost(reason) => Self::Unreachable(reason),
            other => other,
        }
    }

    const fn store_kind(&self) -> StoreErrorKind {
        match self {
            Self::Refused { code, .. } => kind_of_code(*code),
            Self::Unreachable(_) | Self::Lost(_) => StoreErrorKind::Unavailable,
            Self::Contended(_) => StoreErrorKind::Overloaded,
            Self::Timeout => StoreErrorKind::Timeout,
            Self::TooLarge => StoreErrorKind::TooLarge,
            Self::UnexpectedReply => StoreErrorKind::Protocol,
            Self::InvalidArgument(_) => StoreErrorKind::Other,
        }
    }
}

/// What an error code means, in MySQL and in MariaDB.
const fn kind_of_code(code: u16) -> StoreErrorKind {
    match code {
        // read_only, a read-only transaction, innodb_read_only, super_read_only
        1290 | 1792 | 1836 | 3100 => StoreErrorKind::ReadOnly,
        // disk, memory, table, temporary table
        1021 | 1037 | 1038 | 1041 | 1114 => StoreErrorKind::OutOfSpace,
        // connections of all, of one user, resources of one user; a deadlock after the last attempt
        1040 | 1203 | 1226 | 1213 => StoreErrorKind::Overloaded,
        1044 | 1045 | 1129 | 1130 | 1142 | 1143 | 1227 | 1698 | 4151 => StoreErrorKind::Denied,
        // no database, table or column; a table of another kind; statement-based replication
        1049 | 1054 | 1146 | 1136 | 1364 | 1665 => StoreErrorKind::Unsupported,
        1153 | 1301 | 1406 | 1118 => StoreErrorKind::TooLarge,
        // waited for a lock, max_statement_time, max_execution_time
        1205 | 1969 | 3024 => StoreErrorKind::Timeout,
        // shutting down, killed, interrupted, not part of the cluster
        1053 | 1927 | 1317 | 1047 | 3169 | 4031 | 1080 => StoreErrorKind::Unavailable,
        _ => StoreErrorKind::Other,
    }
}

impl Error {
    /// Turns it into the error of the contract.
    pub(crate) fn for_caller(self, table: &str) -> StoreError {
        let error = StoreError::new(self.kind.store_kind(), self.applied);
        match &self.kind {
            ErrorKind::Refused { code: 1146 | 1054 | 1136 | 1364, message } => error.with_source(format!(
                "the table `{table}` is missing or of another version; `session-setup mysql <url> --table {table}` \
                 sets it up ({message})"
            )),
            _ => error.with_source(self.kind),
        }
    }
}
