use session_core::store::{Applied, StoreError, StoreErrorKind};

/// Why a statement has no answer, without the types of a client library. It never holds bytes of a session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// The server's own answer: it did nothing, and the connection is in step.
    #[error("error {code}: {message}")]
    Refused { code: u16, message: String },
    /// No connection could be had.
    #[error("{0}")]
    Unreachable(String),
    /// Others have taken all the time there was.
    #[error("{0}")]
    Late(&'static str),
    #[error("no answer in time")]
    Timeout,
    #[error("the connection broke: {0}")]
    Lost(String),
    #[error("the record does not fit into `max_allowed_packet`")]
    TooLarge,
    #[error("an answer of another shape than the statement's")]
    Nonsense,
    /// The caller's mistake.
    #[error("{0}")]
    Misuse(&'static str),
}

/// A trouble, and whether what was asked may have been done.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) trouble: Trouble,
    pub(crate) applied: Applied,
}

/// A trouble that comes before anything lasting was sent.
impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, applied: Applied::No }
    }
}

impl Trouble {
    /// Whether the connection is in step and may be used again. A connection that the server has ended is not.
    pub(crate) fn is_answer(&self) -> bool {
        match self {
            Self::Refused { code, .. } => !ENDED.contains(code),
            Self::Misuse(_) => true,
            _ => false,
        }
    }

    /// Whether the connection was given up, so that another one may do better.
    pub(crate) fn is_broken_connection(&self) -> bool {
        match self {
            Self::Refused { code, .. } => ENDED.contains(code),
            Self::Timeout | Self::Lost(_) => true,
            _ => false,
        }
    }

    /// Whether the statement may have been carried out nevertheless.
    pub(crate) const fn is_doubtful(&self) -> bool {
        match self {
            // Shut down, killed or failing in the midst of it; any other answer says that nothing was done.
            Self::Refused { code, .. } => matches!(code, 1053 | 1080 | 1180 | 1317 | 1927 | 3169),
            Self::Timeout | Self::Lost(_) | Self::Nonsense => true,
            Self::Unreachable(_) | Self::Late(_) | Self::TooLarge | Self::Misuse(_) => false,
        }
    }

    /// Whether the server has rolled back the transaction so that others may go on: try again.
    pub(crate) const fn is_deadlock(&self) -> bool {
        matches!(self, Self::Refused { code: 1213, .. })
    }

    pub(crate) const fn is_duplicate(&self) -> bool {
        matches!(self, Self::Refused { code: 1062, .. })
    }

    pub(crate) const fn is_missing_table(&self) -> bool {
        matches!(self, Self::Refused { code: 1146, .. })
    }

    fn kind(&self) -> StoreErrorKind {
        match self {
            Self::Refused { code, .. } => of_code(*code),
            Self::Unreachable(_) | Self::Lost(_) => StoreErrorKind::Unavailable,
            Self::Late(_) => StoreErrorKind::Overloaded,
            Self::Timeout => StoreErrorKind::Timeout,
            Self::TooLarge => StoreErrorKind::TooLarge,
            Self::Nonsense => StoreErrorKind::Protocol,
            Self::Misuse(_) => StoreErrorKind::Other,
        }
    }
}

/// The server ends the connection: killed, shut down, idle for too long, in a packet that is too large.
const ENDED: [u16; 6] = [1053, 1153, 1927, 3169, 4031, 1080];

/// What an error of the server means; numbers of MySQL and of MariaDB.
const fn of_code(code: u16) -> StoreErrorKind {
    match code {
        // read_only, a read-only transaction, innodb_read_only, super_read_only
        1290 | 1792 | 1836 | 3100 => StoreErrorKind::ReadOnly,
        // disk, memory, table, temporary table
        1021 | 1037 | 1038 | 1041 | 1114 => StoreErrorKind::OutOfSpace,
        // connections of all, of one user, resources of one user; deadlocks without end
        1040 | 1203 | 1226 | 1213 => StoreErrorKind::Overloaded,
        1044 | 1045 | 1129 | 1130 | 1142 | 1143 | 1227 | 1698 | 4151 => StoreErrorKind::Denied,
        // no database, table, column; a table of another make; statement-based replication
        1049 | 1054 | 1146 | 1136 | 1364 | 1665 => StoreErrorKind::Unsupported,
        1153 | 1301 | 1406 | 1118 => StoreErrorKind::TooLarge,
        // waited for a lock, max_statement_time, max_execution_time
        1205 | 1969 | 3024 => StoreErrorKind::Timeout,
        // shutting down, killed, interrupted, not part of the cluster
        1053 | 1927 | 1317 | 1047 | 3169 | 4031 | 1080 => StoreErrorKind::Unavailable,
        _ => StoreErrorKind::Other,
    }
}

impl Failure {
    /// As the contract names it.
    pub(crate) fn named(self, table: &str) -> StoreError {
        let error = StoreError::new(self.trouble.kind(), self.applied);
        match &self.trouble {
            Trouble::Refused { code: 1146 | 1054 | 1136 | 1364, message, .. } => error.with_source(format!(
                "the table `{table}` is missing or of another version; `session-setup mysql <url> --table {table}` \
                 sets it up ({message})"
            )),
            _ => error.with_source(self.trouble),
        }
    }
}
