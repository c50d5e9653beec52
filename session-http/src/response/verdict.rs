use crate::SessionFailure;

/// What happens with the response to the changes that the request made and did not save itself.
///
/// ```
/// use session_http::Verdict;
///
/// assert_eq!(Verdict::of_status(303), Verdict::Save);
/// assert_eq!(Verdict::of_status(500), Verdict::Discard);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a framework's own rules choose one of them")]
pub enum Verdict {
    /// They are saved.
    Save,
    /// They are dropped. That the session was used is saved all the same.
    Discard,
    /// They are dropped, and the store is not asked: it has failed just now.
    Leave,
}

impl Verdict {
    /// Returns the verdict by the status of the response: [`Discard`](Self::Discard) for a [failure](Self::is_failure).
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        if Self::is_failure(status) { Self::Discard } else { Self::Save }
    }

    /// Returns the verdict on a response that was made of a failure. Whatever its status is, nothing is saved.
    #[must_use]
    pub fn of_failure(failure: &SessionFailure) -> Self {
        if failure.is_of_store() { Self::Leave } else { Self::Discard }
    }

    /// Returns whether a response with this status says that the request did not succeed on the server's side: 5xx, or the 408 of
    /// a handler that a timeout cut off.
    #[must_use]
    pub const fn is_failure(status: u16) -> bool {
        matches!(status, 408 | 500..=599)
    }
}
