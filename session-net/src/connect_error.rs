use std::{fmt, io};

use crate::{Limit, RaceError, ResolveError};

/// No connection to a server. The text names the server, the addresses that were tried, and the limit that passed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError<E: std::error::Error + 'static = io::Error> {
    /// The name of the server has no address.
    #[error(transparent)]
    Resolve(ResolveError),
    /// No address of the server led to a connection.
    #[error("no connection to {}: {source}", Server(host, *port))]
    Race {
        /// The server's name or address.
        host: String,
        /// Its port.
        port: u16,
        /// What became of each address.
        source: RaceError<E>,
    },
}

impl<E: std::error::Error + 'static> ConnectError<E> {
    /// Whether a limit has passed.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        self.limit().is_some()
    }

    /// The limit that has passed.
    #[must_use]
    pub const fn limit(&self) -> Option<Limit> {
        match self {
            Self::Resolve(ResolveError::Late { limit, .. }) => Some(*limit),
            Self::Resolve(_) => None,
            Self::Race { source, .. } => source.limit(),
        }
    }

    /// The failure that came last, if an attempt failed.
    #[must_use]
    pub fn last_failure(&self) -> Option<&E> {
        match self {
            Self::Resolve(_) => None,
            Self::Race { source, .. } => source.failures().last().map(|(_, failure)| failure),
        }
    }
}

/// An IPv6 address stands in brackets before a port.
struct Server<'a>(&'a str, u16);

impl fmt::Display for Server<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(host, port) = self;
        if host.contains(':') && !host.starts_with('[') {
            write!(f, "[{host}]:{port}")
        } else {
            write!(f, "{host}:{port}")
        }
    }
}
