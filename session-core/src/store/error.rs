use std::{error::Error, fmt, sync::Arc};

/// The failure of a store operation. It never means that there is no such session. Two of the same kind and effect are equal,
/// whatever caused them.
///
/// ```
/// use alo_session::store::{Applied, StoreError, StoreErrorKind};
///
/// let error = StoreError::new(StoreErrorKind::Timeout, Applied::Unknown).with_source("no answer in 200 ms");
/// assert_eq!(error.to_string(), "session store: no answer in time; the operation may have been applied");
/// ```
#[derive(Clone)]
pub struct StoreError {
    kind: StoreErrorKind,
    applied: Applied,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// Whether a failed operation changed the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a driver must handle both cases")]
pub enum Applied {
    /// The store is unchanged.
    No,
    /// The operation may have been applied, or may still be: the request was sent, but its answer was lost.
    Unknown,
}

/// The kinds of failure a caller can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The backend cannot be reached, is starting, or closed the connection.
    Unavailable,
    /// The backend did not answer in time.
    Timeout,
    /// The backend accepts no writes (a replica, a read-only server).
    ReadOnly,
    /// The backend has no room for the record.
    OutOfSpace,
    /// The backend has too many clients or too much load.
    Overloaded,
    /// The backend refuses the credentials or the command.
    Denied,
    /// The record is larger than the backend allows.
    TooLarge,
    /// The value under the key is not a record of this store. It was left as it is.
    Undecodable,
    /// The backend lacks something the store needs: a version, a table, a schema.
    Unsupported,
    /// The store does not understand the answer of the backend.
    Protocol,
    /// Any other failure; see the source.
    Other,
}

impl StoreError {
    /// Creates an error.
    #[must_use]
    pub const fn new(kind: StoreErrorKind, applied: Applied) -> Self {
        Self { kind, applied, source: None }
    }

    /// Adds the cause, which must not contain a session id.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Replaces what is known of the effect, for a caller that knows more, such as that the operation only read.
    #[must_use]
    pub fn with_applied(self, applied: Applied) -> Self {
        Self { applied, ..self }
    }

    /// Returns the kind of the failure.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Returns whether the operation changed the store.
    #[must_use]
    pub const fn applied(&self) -> Applied {
        self.applied
    }
}

impl StoreErrorKind {
    /// Returns the kind in one word, as events and metrics label it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::ReadOnly => "read_only",
            Self::OutOfSpace => "out_of_space",
            Self::Overloaded => "overloaded",
            Self::Denied => "denied",
            Self::TooLarge => "too_large",
            Self::Undecodable => "undecodable",
            Self::Unsupported => "unsupported",
            Self::Protocol => "protocol",
            Self::Other => "other",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Unavailable => "cannot be reached",
            Self::Timeout => "no answer in time",
            Self::ReadOnly => "accepts no writes",
            Self::OutOfSpace => "has no room left",
            Self::Overloaded => "is overloaded",
            Self::Denied => "refuses access",
            Self::TooLarge => "the record is too large for it",
            Self::Undecodable => "holds something that is not a record of this store",
            Self::Unsupported => "lacks what is needed",
            Self::Protocol => "gave an invalid answer",
            Self::Other => "failed",
        }
    }
}

impl PartialEq for StoreError {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, self.applied) == (other.kind, other.applied)
    }
}

impl Eq for StoreError {}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let applied = match self.applied {
            Applied::No => "nothing was changed",
            Applied::Unknown => "the operation may have been applied",
        };
        write!(f, "session store: {}; {applied}", self.kind.sentence())
    }
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreError")
            .field("kind", &self.kind)
            .field("applied", &self.applied)
            .field("source", &self.source)
            .finish()
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
