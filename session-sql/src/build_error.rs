use session_net::{CredentialsError, ParameterError, tls::TlsError};

/// A setting that cannot work. It never shows the URL, which may hold a password.
///
/// Not exhaustive, because a new setting may bring a new error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Not a URL of such a server.
    #[error("the URL of the server is invalid: {reason}")]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// The URL asks for something that was not compiled in.
    #[error("the URL of the server needs the feature `{feature}` of {package}")]
    Feature {
        /// The feature.
        feature: &'static str,
        /// The crate of the store.
        package: &'static str,
    },
    /// A setting of TLS cannot work.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The blocking API cannot do what was asked for.
    #[error("in the blocking API, {reason}")]
    Blocking {
        /// What, and what to do instead.
        reason: &'static str,
    },
    /// The user and the password cannot be read.
    #[error("{reason}")]
    Credentials {
        /// What is wrong with them.
        reason: String,
    },
    /// Not the name of a table.
    #[error("`table` {reason}")]
    Table {
        /// What it must be.
        reason: &'static str,
    },
    /// A time or size is zero.
    #[error("`{field}` must be greater than zero")]
    Zero {
        /// The setting.
        field: &'static str,
    },
}

impl BuildError {
    /// A URL that is invalid for this reason.
    pub fn url(reason: impl Into<String>) -> Self {
        Self::Url { reason: reason.into() }
    }
}

impl From<ParameterError> for BuildError {
    fn from(error: ParameterError) -> Self {
        Self::url(error.to_string())
    }
}

impl From<CredentialsError> for BuildError {
    fn from(error: CredentialsError) -> Self {
        match error {
            CredentialsError::Contradiction { reason } => Self::url(reason),
            error => Self::Credentials { reason: error.to_string() },
        }
    }
}
