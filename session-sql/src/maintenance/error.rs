use std::time::Duration;

use session_core::store::StoreErrorKind;

use crate::{BuildError, ErrorKind};

/// The server could not be asked, or refused. It never shows the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct MaintenanceError(Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error("{0}")]
    Server(ErrorKind),
    #[error("the server's reply does not contain {0}")]
    UnexpectedReply(&'static str),
    #[error(
        "other transactions held the table for {} s, so nothing was changed; find them in {list}, or wait longer",
        patience.as_secs()
    )]
    Busy { patience: Duration, list: &'static str },
}

impl MaintenanceError {
    /// The reply lacks something.
    #[must_use]
    pub const fn unexpected_reply(missing: &'static str) -> Self {
        Self(Kind::UnexpectedReply(missing))
    }

    /// Other transactions, which this list of the server shows, held the table for so long.
    #[must_use]
    pub const fn busy(patience: Duration, list: &'static str) -> Self {
        Self(Kind::Busy { patience, list })
    }

    /// Returns whether other transactions held the table for too long.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(self.0, Kind::Busy { .. })
    }

    /// Returns whether the account lacks a privilege.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(&self.0, Kind::Server(kind) if kind.meaning().kind == StoreErrorKind::Denied)
    }

    /// The server's error code if it refused and has one, such as MySQL's 1142 for a missing privilege.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match &self.0 {
            Kind::Server(kind) => kind.refusal()?.code,
            _ => None,
        }
    }

    /// The SQLSTATE if the server refused, such as PostgreSQL's `42501` for a missing privilege.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        match &self.0 {
            Kind::Server(kind) => std::str::from_utf8(&kind.refusal()?.state).ok(),
            _ => None,
        }
    }
}

impl From<BuildError> for MaintenanceError {
    fn from(error: BuildError) -> Self {
        Self(error.into())
    }
}

impl From<ErrorKind> for MaintenanceError {
    fn from(kind: ErrorKind) -> Self {
        Self(Kind::Server(kind))
    }
}
