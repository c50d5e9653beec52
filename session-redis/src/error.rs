use session_net::tls::TlsError;

/// A setting that cannot work. It never shows the URL, which may hold a password.
///
/// Not exhaustive, because a new setting may bring a new error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Not a Redis URL.
    #[error("the URL of the Redis server is invalid: {reason}")]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// The URL asks for something that was not compiled in.
    #[error("the URL of the Redis server needs the feature `{feature}` of session-redis")]
    Feature {
        /// The feature.
        feature: &'static str,
    },
    /// A setting of TLS cannot work.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The user and the password cannot be read.
    #[error("{reason}")]
    Credentials {
        /// What is wrong with them.
        reason: String,
    },
    /// The prefix cannot be part of a key's name.
    #[error("`prefix` {reason}")]
    Prefix {
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
