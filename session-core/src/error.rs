use crate::{
    id::EntropyError,
    record::RecordError,
    session::{SignInRequired, ValueError},
    store::StoreError,
};

/// The one error of a session: every method of a session and of the drivers returns it, so an application needs one `From`.
///
/// ```
/// use alo_session::{SessionError, ValueError, session::OpenSession};
///
/// #[derive(Debug, thiserror::Error)]
/// enum AppError {
///     #[error(transparent)]
///     Session(#[from] SessionError),
///     #[error("this is not a number")]
///     Number(#[from] std::num::ParseIntError),
/// }
///
/// fn add(session: &OpenSession, number: &str) -> Result<u32, AppError> {
///     session.require_owner()?;
///     let number: u32 = number.parse()?;
///     Ok(session.update("sum", move |sum: &mut u32| { *sum += number; *sum })?)
/// }
///
/// /// What went wrong can be matched.
/// fn forgiving(session: &OpenSession) -> Result<u32, SessionError> {
///     match session.get_or_default("sum") {
///         Err(SessionError::Value(ValueError::Decode { .. })) => Ok(0),
///         sum => sum,
///     }
/// }
/// ```
///
/// A session that cannot be opened is this error and never an empty session. After an error of a method of
/// [`OpenSession`](crate::OpenSession) the session is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The store failed. [`StoreError::applied`] says whether the change may have been made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored record cannot be read. It was left as it is.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A value cannot be put into the session or read from it, or exceeds a limit. Nothing was stored.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// No user is signed in, or the user must sign in again.
    #[error(transparent)]
    SignInRequired(#[from] SignInRequired),
    /// The session has no token with that name and value, or the token is used up or expired. Nothing was stored.
    #[error("the token is not valid or was already used")]
    TokenSpent,
    /// The closure of a [`try_update`](crate::OpenSession::try_update) accepted the value at first, and refused the one that
    /// another request saved meanwhile. Nothing was stored.
    #[error("the change of session key {key:?} is not possible on what another request wrote")]
    Refused {
        /// The key.
        key: String,
    },
    /// Other requests saved first, again and again. Nothing was stored.
    #[error("the session was changed by other requests {attempts} times while this one tried to save")]
    Conflict {
        /// The number of tries.
        attempts: u32,
    },
    /// This request destroyed the session, or learned that it has ended. It cannot be changed any more.
    #[error("the session was destroyed by this request")]
    Destroyed,
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

impl SessionError {
    /// Whether another request has made one change of this one pointless. Only that change is then dropped.
    pub(crate) const fn drops_one_change(&self) -> bool {
        matches!(self, Self::TokenSpent | Self::Refused { .. })
    }
}
