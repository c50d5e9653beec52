use crate::id::SessionHandle;

/// A step in the life of a session that an application may want to know of. A session appears as its handle.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A session of nobody was stored for the first time.
    Created {
        /// The session.
        session: SessionHandle,
    },
    /// An owner signed in, or proved again who they are.
    LoggedIn {
        /// The session, under its new id.
        session: SessionHandle,
        /// Who signed in.
        owner: String,
    },
    /// An owner signed out.
    LoggedOut {
        /// The session, under the id that ended.
        session: SessionHandle,
        /// Who signed out.
        owner: String,
    },
    /// A session got a new id without a sign-in or sign-out.
    Rotated {
        /// The session, under its new id.
        session: SessionHandle,
        /// The handle it had before.
        from: SessionHandle,
    },
    /// A session ended before its time.
    Ended {
        /// The session.
        session: SessionHandle,
        /// By whom.
        by: EndedBy,
    },
    /// The sessions of an owner ended, all or all but one.
    EndedMany {
        /// How many there were.
        count: u64,
        /// By whom.
        by: EndedBy,
    },
    /// A request came with an id and got no session for it.
    Rejected {
        /// What the id's session is or would be called.
        session: SessionHandle,
        /// Why.
        reason: Rejection,
    },
    /// An id was used after the grace of its rotation, as a thief would;
    /// [`on_reuse`](crate::config::Settings::on_reuse) says what came of it.
    Reused {
        /// The handle the session had under the old id.
        session: SessionHandle,
    },
}

impl Event {
    pub(super) const fn is_rejection(&self) -> bool {
        matches!(self, Self::Rejected { .. })
    }
}

/// By whom a session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndedBy {
    /// A request of its own destroyed it.
    Itself,
    /// The application ended it: one, the others, or all of an owner.
    Application,
    /// The cap, to make room for another one of its owner.
    Cap,
    /// A request with another fingerprint.
    Fingerprint,
    /// The late use of an old id.
    Reuse,
}

/// Why an id opened nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// No store knows it: it was never issued, or its session has ended or expired, as most do.
    Unknown,
    /// Its session is past its absolute deadline.
    Deadline,
    /// The request has another fingerprint than the session.
    Fingerprint,
    /// A sign-in, a sign-out or another change of rights replaced it.
    Superseded,
    /// It was replaced so often within one grace that it is not followed.
    Moved,
}

impl Rejection {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "no such session",
            Self::Deadline => "past its absolute deadline",
            Self::Fingerprint => "another fingerprint",
            Self::Superseded => "superseded by a sign-in or sign-out",
            Self::Moved => "moved too often",
        }
    }
}
