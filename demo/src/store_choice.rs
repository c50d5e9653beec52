use std::{fmt, str::FromStr};

use alo_session::{OpenError, SessionConfig, store::AnyStore};

/// Where sessions are kept: `memory:`, a file or the URL of a server, which may have a password in it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreChoice(String);

impl StoreChoice {
    /// Opens the store. Its server may still be down, and a file may be missing.
    ///
    /// # Errors
    /// As for [`alo_session::open`].
    pub fn open(&self, config: &SessionConfig) -> Result<AnyStore, OpenError> {
        alo_session::open(&self.0, config)
    }
}

impl FromStr for StoreChoice {
    type Err = OpenError;

    fn from_str(url: &str) -> Result<Self, OpenError> {
        alo_session::open(url, &SessionConfig::default()).map(|_| Self(url.to_owned()))
    }
}

/// Says what happens to the sessions, without the URL.
impl fmt::Display for StoreChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.split(':').next() {
            Some("memory") => "Sessions are kept in memory: they end with this program.",
            Some("sqlite") => "Sessions are kept in a file: they outlive this program, on this machine.",
            Some("mysql" | "mariadb") => "Sessions are kept in MySQL: they outlive this program.",
            Some("postgres" | "postgresql") => "Sessions are kept in PostgreSQL: they outlive this program.",
            _ => "Sessions are kept in Redis: they outlive this program.",
        })
    }
}

impl fmt::Debug for StoreChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreChoice(..)")
    }
}
