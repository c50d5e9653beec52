use std::{error::Error, fmt, net::SocketAddr};

use crate::Limit;

/// None of the addresses led to a connection. The text names each address and what became of it.
#[derive(Debug)]
pub struct RaceError<E> {
    pub(super) failures: Vec<(SocketAddr, E)>,
    pub(super) unfinished: Vec<SocketAddr>,
    pub(super) limit: Option<Limit>,
}

impl<E> RaceError<E> {
    /// Whether the limit has passed before every attempt had ended.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        self.limit.is_some()
    }

    /// The limit that has passed.
    #[must_use]
    pub const fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// The attempts that have failed, in the order in which they did.
    #[must_use]
    pub fn failures(&self) -> &[(SocketAddr, E)] {
        &self.failures
    }

    /// Gives the failures away.
    #[must_use]
    pub fn into_failures(self) -> Vec<(SocketAddr, E)> {
        self.failures
    }
}

impl<E: fmt::Display> fmt::Display for RaceError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (address, failure) in &self.failures {
            write!(f, "{separator}{address}: {failure}")?;
            separator = "; ";
        }
        let Some(limit) = self.limit else { return Ok(()) };
        for address in &self.unfinished {
            write!(f, "{separator}{address}: no connection within {limit}")?;
            separator = "; ";
        }
        if self.unfinished.is_empty() { write!(f, "{separator}{limit} has passed") } else { Ok(()) }
    }
}

impl<E: Error + 'static> Error for RaceError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.failures.last().map(|(_, failure)| failure as &(dyn Error + 'static))
    }
}
