use crate::{BuildError, protocol::errors::Trouble};

/// The server could not be asked, or refused. It never shows the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct MaintenanceError(Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error("{0}")]
    Server(Trouble),
    #[error("the server answered something else than was asked: {0}")]
    Answer(&'static str),
}

impl MaintenanceError {
    pub(super) const fn answer(what: &'static str) -> Self {
        Self(Kind::Answer(what))
    }

    /// The server's own number for what it refused, such as 1142 for a privilege that is missing.
    #[must_use]
    pub const fn code(&self) -> Option<u16> {
        match &self.0 {
            Kind::Server(Trouble::Refused { code, .. }) => Some(*code),
            _ => None,
        }
    }
}

impl From<BuildError> for MaintenanceError {
    fn from(error: BuildError) -> Self {
        Self(error.into())
    }
}

impl From<mysql::Error> for MaintenanceError {
    fn from(error: mysql::Error) -> Self {
        Self(Kind::Server(crate::blocking::trouble(error)))
    }
}
