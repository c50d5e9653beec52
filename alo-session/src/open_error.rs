use std::{error::Error, fmt};

// One type for all stores in SQL databases that have a server.
#[cfg(any(feature = "mysql", feature = "mysql-blocking"))]
use session_mysql::BuildError as SqlError;
#[cfg(all(
    any(feature = "postgres", feature = "postgres-blocking"),
    not(any(feature = "mysql", feature = "mysql-blocking"))
))]
use session_postgres::BuildError as SqlError;

/// Why no store could be opened. It never shows the URL, which may hold a password.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL does not begin with the scheme of a store.
    Scheme,
    /// The URL needs a feature that is not enabled.
    Feature {
        /// The feature of this crate.
        feature: &'static str,
    },
    /// The store refuses the URL or a setting.
    Refused(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => f.write_str(
                "the URL of a session store must be `memory:` or begin with `sqlite:`, `redis://`, `rediss://`, `redis+unix://`, \
                 `redis+sentinel://`, `rediss+sentinel://`, `redis+cluster://`, `rediss+cluster://`, `mysql://`, \
                 `mariadb://`, `postgres://` or `postgresql://`",
            ),
            Self::Feature { feature } => write!(
                f,
                "the URL of the session store needs the feature `{feature}`; Cargo.toml must have: \
                 alo-session = {{ version = \"{}\", features = [\"{feature}\"] }}",
                env!("CARGO_PKG_VERSION"),
            ),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(error) => error.source(),
            Self::Scheme | Self::Feature { .. } => None,
        }
    }
}

#[cfg(any(feature = "redis", feature = "redis-blocking"))]
impl From<session_redis::BuildError> for OpenError {
    fn from(error: session_redis::BuildError) -> Self {
        match error {
            session_redis::BuildError::Feature { feature: "tls" } => Self::Feature { feature: "redis-tls" },
            session_redis::BuildError::Feature { .. } => Self::Feature { feature: "redis-blocking-tls" },
            error => Self::Refused(Box::new(error)),
        }
    }
}

#[cfg(any(
    feature = "mysql",
    feature = "mysql-blocking",
    feature = "postgres",
    feature = "postgres-blocking"
))]
impl From<SqlError> for OpenError {
    fn from(error: SqlError) -> Self {
        match error {
            SqlError::Feature { feature, package } => Self::Feature {
                feature: match (package, feature) {
                    ("session-postgres", "tls") => "postgres-tls",
                    ("session-postgres", _) => "postgres-blocking-tls",
                    (_, "tls") => "mysql-tls",
                    _ => "mysql-blocking-tls",
                },
            },
            error => Self::Refused(Box::new(error)),
        }
    }
}

#[cfg(any(feature = "sqlite", feature = "sqlite-blocking"))]
impl From<session_sqlite::BuildError> for OpenError {
    fn from(error: session_sqlite::BuildError) -> Self {
        Self::Refused(Box::new(error))
    }
}
