use std::borrow::Cow;

use rusqlite::{
    ErrorCode::{
        self, CannotOpen, ConstraintViolation, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull,
        NotADatabase, PermissionDenied, ReadOnly, SystemIoFailure, TooBig,
    },
    ffi,
};
use session_core::store::{Applied, StoreError, StoreErrorKind};

/// What a step has done, or met.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// What a step met. It becomes a [`StoreError`] where it is known whether anything was applied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{}{}{}", .0, detail(.0), meaning(.0.sqlite_error_code()).1)]
    Sqlite(#[from] rusqlite::Error),
    /// What the store itself has found.
    #[error("{1}")]
    Found(StoreErrorKind, Cow<'static, str>),
}

impl Failure {
    pub(crate) fn found(kind: StoreErrorKind, what: impl Into<Cow<'static, str>>) -> Self {
        Self::Found(kind, what.into())
    }

    /// Another program holds the file, so that trying again helps.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.code(), Some(DatabaseBusy | DatabaseLocked))
    }

    /// Whether the connection is as good as a new one. SQLite keeps what it knows of a file that cannot be read or written.
    pub(crate) fn spares_connection(&self) -> bool {
        self.is_busy() || matches!(self.code(), None | Some(ConstraintViolation | DiskFull | TooBig))
    }

    /// Whether a transaction that could not be committed is certainly undone. After any other failure its end may be in the log.
    pub(crate) fn undoes_commit(&self) -> bool {
        self.is_busy() || self.code() == Some(DiskFull)
    }

    pub(crate) fn error(&self, applied: Applied) -> StoreError {
        let kind = match self {
            Self::Found(kind, _) => *kind,
            Self::Sqlite(_) => meaning(self.code()).0,
        };
        StoreError::new(kind, applied).with_source(self.to_string())
    }

    fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code(),
            Self::Found(..) => None,
        }
    }
}

/// SQLite's text names the kind of the failure alone; its code says more.
fn detail(error: &rusqlite::Error) -> String {
    match error.sqlite_error() {
        Some(error) if error.extended_code > 0xff => {
            format!(": {} (SQLite's code {})", ffi::code_to_str(error.extended_code), error.extended_code)
        }
        _ => String::new(),
    }
}

/// What the caller is told, and what to do, where that is known.
const fn meaning(code: Option<ErrorCode>) -> (StoreErrorKind, &'static str) {
    match code {
        Some(DatabaseBusy | DatabaseLocked) => {
            (StoreErrorKind::Timeout, "; another program holds the file: end it, or let it commit")
        }
        Some(ReadOnly) => (
            StoreErrorKind::ReadOnly,
            "; the file, its directory or its disk cannot be written: let the user of the program write there",
        ),
        Some(DiskFull) => (StoreErrorKind::OutOfSpace, "; the disk is full: free some of it"),
        Some(CannotOpen) => (
            StoreErrorKind::Unavailable,
            "; the user of the program must reach the file, and may write in its directory",
        ),
        Some(SystemIoFailure) => (StoreErrorKind::Unavailable, "; the disk fails: see the log of the system"),
        Some(DatabaseCorrupt | NotADatabase) => (
            StoreErrorKind::Other,
            "; the file is damaged: stop the program, move the file away with its -wal and -shm, and restore a copy",
        ),
        Some(PermissionDenied) => (StoreErrorKind::Denied, ""),
        Some(TooBig) => (StoreErrorKind::TooLarge, ""),
        _ => (StoreErrorKind::Other, ""),
    }
}
