use std::{error::Error, fmt};

use session_sql::{BuildError, ErrorKind};

/// The server could not be asked, or refused. It never shows the URL, which may hold a password.
#[derive(Debug)]
pub struct MaintenanceError(Kind);

#[derive(Debug)]
enum Kind {
    Build(BuildError),
    Server(ErrorKind),
    UnexpectedReply(&'static str),
}

impl MaintenanceError {
    pub(super) const fn unexpected_reply(missing: &'static str) -> Self {
        Self(Kind::UnexpectedReply(missing))
    }

    /// The server's SQLSTATE if it refused, such as `42501` for a missing privilege.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        match &self.0 {
            Kind::Server(kind) => std::str::from_utf8(&kind.refusal()?.state).ok(),
            _ => None,
        }
    }
}

impl fmt::Display for MaintenanceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Build(error) => error.fmt(f),
            Kind::Server(error) => error.fmt(f),
            Kind::UnexpectedReply(missing) => write!(f, "the server's reply does not contain {missing}"),
        }
    }
}

impl Error for MaintenanceError {}

impl From<BuildError> for MaintenanceError {
    fn from(error: BuildError) -> Self {
        Self(Kind::Build(error))
    }
}

impl From<ErrorKind> for MaintenanceError {
    fn from(kind: ErrorKind) -> Self {
        Self(Kind::Server(kind))
    }
}
