use session_net::tls::TlsError;

/// A setting that cannot work. It never shows the URL, which may hold a password.
///
/// Not exhaustive, because a new setting may bring a new error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Not a URL of a MySQL server.
    #[error("the URL of the MySQL server is invalid: {reason}")]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// The URL asks for something that was not compiled in.
    #[error("the URL of the MySQL server needs the feature `{feature}` of session-mysql")]
    Feature {
        /// The feature.
        feature: &'static str,
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
