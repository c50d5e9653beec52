use crate::{id::EntropyError, record::RecordError, session::ValueError, store::StoreError};

/// A session could not be opened or saved. An empty session is never returned instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The store failed. [`StoreError::applied`] says whether the change may have been made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored record cannot be read. It was left as it is.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The change is not possible on the record of another request, or exceeds a limit. Nothing was stored.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// Other requests saved first, again and again. Nothing was stored.
    #[error("the session was changed by other requests {attempts} times while this one tried to save")]
    Conflict {
        /// The number of tries.
        attempts: u32,
    },
    /// The session ended or changed its id while this request ran or shortly before, or it may not be used by this request;
    /// [`arrival`](crate::OpenSession::arrival) tells which. Nothing was stored.
    #[error("the session ended or is not that of this request; the change was not stored")]
    Gone,
    /// The session may not be saved: it was opened outside HTTP, or by a request of another site that came without the
    /// cookie. Nothing was stored.
    #[error("the session of this request may not be saved")]
    Withheld,
    /// The answer of the store was lost, and its records do not tell whether the change was made. This error is returned only
    /// once: a later save without a further change succeeds and does not report it again.
    #[error("the answer of the store was lost, and it is unknown whether the change was made")]
    Unknown,
    /// The owner has as many sessions as allowed. Nothing was stored.
    #[error("the owner has as many sessions as allowed")]
    Full,
    /// The source of entropy failed. Nothing was stored.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// Another task is saving the same session. This save stored nothing; save again when the other one is done.
    #[error("another task is saving this session")]
    Busy,
    /// The driver passed an answer that does not belong to the call.
    #[error("the driver passed an answer that does not belong to the call")]
    Mismatched,
}
