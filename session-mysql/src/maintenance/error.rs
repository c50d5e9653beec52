use std::time::Duration;

use session_sql::{BuildError, ErrorKind};

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
        "other transactions held the table for {} s, so nothing was changed; find them in \
         information_schema.innodb_trx, or wait longer", .0.as_secs()
    )]
    Busy(Duration),
}

impl MaintenanceError {
    pub(super) const fn unexpected_reply(missing: &'static str) -> Self {
        Self(Kind::UnexpectedReply(missing))
    }

    pub(super) const fn busy(patience: Duration) -> Self {
        Self(Kind::Busy(patience))
    }

    /// The server's error code if it refused, such as 1142 for a missing privilege.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match &self.0 {
            Kind::Server(kind) => kind.refusal()?.code,
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

impl From<mysql::Error> for MaintenanceError {
    fn from(error: mysql::Error) -> Self {
        crate::blocking::error_kind(error).into()
    }
}
