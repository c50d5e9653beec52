use rusqlite::ErrorCode;
use session_core::store::{Applied, StoreError, StoreErrorKind};

/// What a step met. It becomes a [`StoreError`] where it is known whether anything was applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{}", sentence(.0))]
    Sqlite(#[from] rusqlite::Error),
    /// The row is not a record of this store.
    #[error("the row is not one of this release")]
    Undecodable,
    /// The caller asked for something that no store does.
    #[error("{0}")]
    Mistake(&'static str),
    /// The file is not one that this store may use.
    #[error("{0}")]
    Unsupported(String),
    /// The file may be read by others.
    #[error("{0}")]
    Exposed(String),
    /// The file cannot be created or looked at.
    #[error("{0}")]
    Unreachable(String),
}

impl Failure {
    /// Another program holds the file, so that trying again helps.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
    }

    /// Whether the connection is as good as a new one. SQLite keeps what it knows of a file that cannot be read or written.
    pub(crate) fn spares_connection(&self) -> bool {
        use ErrorCode::{ConstraintViolation, DiskFull, TooBig};
        let passes = matches!(self.code(), Some(ConstraintViolation | DiskFull | TooBig));
        self.is_busy() || passes || matches!(self, Self::Undecodable | Self::Mistake(_))
    }

    /// Whether a transaction that could not be committed is certainly undone. After any other failure its end may be in the log.
    pub(crate) fn undoes_commit(&self) -> bool {
        self.is_busy() || self.code() == Some(ErrorCode::DiskFull)
    }

    pub(crate) fn error(&self, applied: Applied) -> StoreError {
        StoreError::new(self.kind(), applied).with_source(self.to_string())
    }

    fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code(),
            _ => None,
        }
    }

    fn kind(&self) -> StoreErrorKind {
        match (self, self.code()) {
            (Self::Undecodable, _) => StoreErrorKind::Undecodable,
            (Self::Unsupported(_), _) => StoreErrorKind::Unsupported,
            (Self::Exposed(_), _) => StoreErrorKind::Denied,
            (Self::Unreachable(_), _) => StoreErrorKind::Unavailable,
            (_, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) => StoreErrorKind::Timeout,
            (_, Some(ErrorCode::ReadOnly)) => StoreErrorKind::ReadOnly,
            (_, Some(ErrorCode::DiskFull)) => StoreErrorKind::OutOfSpace,
            (_, Some(ErrorCode::PermissionDenied)) => StoreErrorKind::Denied,
            (_, Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure)) => StoreErrorKind::Unavailable,
            (_, Some(ErrorCode::TooBig)) => StoreErrorKind::TooLarge,
            _ => StoreErrorKind::Other,
        }
    }
}

/// What SQLite says, and what to do where that is known.
fn sentence(error: &rusqlite::Error) -> String {
    let cure = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            "; the file is damaged: stop the program, move the file away with its -wal and -shm, and restore a copy"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "; another program holds the file",
        _ => "",
    };
    format!("{error}{cure}")
}
