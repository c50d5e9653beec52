use crate::{
    id::EntropyError,
    record::{RecordError, ValueError},
    store::StoreError,
};

/// A session could not be opened or saved. It is never answered by an empty session instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The store failed. [`StoreError::applied`] says whether the change may have been made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored cannot be read. It was left as it is.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The change cannot be made on what another request left, or passes a limit. Nothing was stored.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// Other requests saved first, again and again. Nothing was stored.
    #[error("the session was changed by other requests {attempts} times while this one tried to save")]
    Conflict {
        /// How often this one tried.
        attempts: u32,
    },
    /// The session ended or changed its id while this request ran. Nothing was stored.
    #[error("the session ended while the request ran; its change was not stored")]
    Gone,
    /// An answer of the store was lost, and what it holds now does not tell whether the change was made. This is told once:
    /// a later save of the session that has nothing left to do succeeds, and says nothing of the change.
    #[error("the answer of the store was lost and it cannot be told whether the change was made")]
    Unknown,
    /// The owner has as many sessions as allowed. Nothing was stored.
    #[error("the owner has as many sessions as allowed")]
    Full,
    /// The source of entropy failed. Nothing was stored.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// Another task is saving the same session. Nothing was stored by this one; save again when that is done.
    #[error("another task is saving this session")]
    Busy,
    /// The store answered something else than what it was asked.
    #[error("the driver gave an answer that does not belong to the call")]
    Mismatched,
}
