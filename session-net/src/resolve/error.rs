use std::{io, sync::Arc};

use crate::Limit;

/// The name of a server has no address.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// The system found none.
    #[error("the name `{host}` could not be resolved: {source}")]
    Failed {
        /// The name.
        host: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// The system knows the name and no address.
    #[error("the name `{host}` has no address")]
    NoAddress {
        /// The name.
        host: String,
    },
    /// The system did not reply in time.
    #[error("the name `{host}` was not resolved within {limit}")]
    Late {
        /// The name.
        host: String,
        /// The limit that passed.
        limit: Limit,
    },
}

impl ResolveError {
    /// Whether a limit has passed.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self, Self::Late { .. })
    }
}
