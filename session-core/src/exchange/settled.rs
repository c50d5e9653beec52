use crate::{cookie::SetCookie, id::SessionHandle};

/// What came of saving a session.
#[derive(Debug, Clone)]
pub struct Settled {
    /// What was done to the store.
    pub saved: Saved,
    /// What the response must tell the browser, about this save and those before it in the same request.
    pub cookie: SetCookie,
    /// The owner's sessions that [`max_sessions`](crate::config::Settings::max_sessions) ended to make room for this one, oldest first.
    /// None of them if the answer of the store was lost and asked for again.
    pub evicted: Vec<SessionHandle>,
}

/// What a save did to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Saved {
    /// Nothing: there was nothing to do.
    Nothing,
    /// Nothing: the session was opened outside HTTP and `save_outside_http` is off.
    Withheld,
    /// The idle deadline was extended.
    Touched,
    /// A new session was stored.
    Created,
    /// The change was stored.
    Committed {
        /// How many changes of other requests it was merged with.
        merged: u32,
    },
    /// The session got a new id.
    Rotated,
    /// The session was deleted, or was already.
    Ended,
}
