use crate::{cookie::SetCookie, id::SessionHandle};

/// The result of a save.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settled {
    /// What the save did to the store.
    pub saved: Saved,
    /// The cookie that the response must send after this save and the earlier ones of the same request.
    pub cookie: SetCookie,
    /// The sessions of the owner that were ended because of [`max_sessions`](crate::config::Settings::max_sessions), oldest
    /// first. It is empty if the answer of the store was lost and the call was repeated.
    pub evicted: Vec<SessionHandle>,
}

/// What a save did to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Saved {
    /// Nothing, because nothing was to be saved.
    Nothing,
    /// Nothing, although there was something to save: the session was opened outside HTTP and `save_outside_http` is off, or
    /// another site sent the request, so that its browser may hold a cookie that it did not send.
    Withheld,
    /// The idle deadline was extended.
    Touched,
    /// A new session was stored.
    Created,
    /// The change was stored.
    Committed {
        /// The number of changes of other requests with which it was merged.
        merged: u32,
    },
    /// The session got a new id.
    Rotated,
    /// The session was deleted now or earlier.
    Ended,
}
