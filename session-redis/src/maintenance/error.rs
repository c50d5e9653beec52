use std::error::Error as _;

use session_core::store::StoreError;

use crate::{BuildError, protocol::first_word};

/// The server could not be asked, or refused. It never shows the URL, which may hold a password.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct MaintenanceError(Kind);

#[derive(Debug, thiserror::Error)]
enum Kind {
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The store's error with its causes.
    #[error("{0}")]
    Unreachable(String),
    /// The server's line.
    #[error("{0}")]
    Refused(String),
}

impl MaintenanceError {
    pub(super) const fn refused(line: String) -> Self {
        Self(Kind::Refused(line))
    }

    /// Returns the first word of the server's error if it refused, such as `NOPERM`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match &self.0 {
            Kind::Refused(line) => Some(first_word(line)),
            _ => None,
        }
    }
}

impl From<BuildError> for MaintenanceError {
    fn from(error: BuildError) -> Self {
        Self(error.into())
    }
}

impl From<StoreError> for MaintenanceError {
    fn from(error: StoreError) -> Self {
        let mut text = error.kind().label().replace('_', " ");
        let mut cause = error.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        Self(Kind::Unreachable(text))
    }
}
