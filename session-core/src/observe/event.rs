use crate::id::SessionHandle;

/// A step in the life of a session, for the application. A session appears as its handle.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// An anonymous session was stored for the first time.
    Created {
        /// The session.
        session: SessionHandle,
    },
    /// An owner signed in or was elevated.
    LoggedIn {
        /// The session under its new id.
        session: SessionHandle,
        /// The owner.
        owner: String,
    },
    /// An owner signed out.
    LoggedOut {
        /// The session under the id that ended.
        session: SessionHandle,
        /// The owner.
        owner: String,
    },
    /// A session got a new id without a sign-in or sign-out.
    Rotated {
        /// The session under its new id.
        session: SessionHandle,
        /// The session under its old id.
        from: SessionHandle,
    },
    /// A session was ended before it expired.
    Ended {
        /// The session.
        session: SessionHandle,
        /// The cause.
        by: EndedBy,
        /// The owner, if the session had one and it is known.
        owner: Option<String>,
    },
    /// All sessions of an owner were ended, or all but one.
    EndedMany {
        /// The number of sessions.
        count: u64,
        /// The cause.
        by: EndedBy,
        /// The owner, if the session had one and it is known.
        owner: Option<String>,
    },
    /// Expired records were removed, in a store that does not do so by itself: sessions, and what rotations and sign-ins left.
    /// Only stores that are swept can tell, and they do not know whose sessions these were.
    Swept {
        /// The number of records.
        records: u64,
    },
    /// A request had an id that opened no session.
    Rejected {
        /// The handle derived from the rejected id.
        session: SessionHandle,
        /// The reason.
        reason: Rejection,
        /// The owner, if the session had one and it is known.
        owner: Option<String>,
    },
    /// An id was used after the grace of its rotation, as a thief would use it. The reaction is configured by
    /// [`on_reuse`](crate::config::Settings::on_reuse).
    Reused {
        /// The session under its old id.
        session: SessionHandle,
        /// The owner, if the session had one and it is known.
        owner: Option<String>,
    },
    /// A sign-in was refused, because the owner has as many sessions as
    /// [`max_sessions`](crate::config::Settings::max_sessions) allows.
    Full {
        /// The owner.
        owner: String,
    },
    /// A change was not stored, because other requests saved first, again and again.
    Conflict {
        /// The session, if it was stored.
        session: Option<SessionHandle>,
        /// The owner, if one is signed in.
        owner: Option<String>,
    },
}

impl Event {
    pub(super) const fn is_rejection(&self) -> bool {
        matches!(self, Self::Rejected { .. })
    }
}

/// The cause that ended a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndedBy {
    /// A request of the session destroyed it.
    Itself,
    /// Its owner signed out.
    SignOut,
    /// The application ended it with the list of an owner's sessions.
    Application,
    /// The limit on the sessions of an owner: it made room for a new session.
    Cap,
    /// A request with another fingerprint used its id.
    Fingerprint,
    /// A request used an old id after its grace.
    Reuse,
}

impl EndedBy {
    const ALL: [Self; 6] =
        [Self::Itself, Self::SignOut, Self::Application, Self::Cap, Self::Fingerprint, Self::Reuse];

    /// The byte in a tombstone. It must never change.
    pub(crate) const fn as_byte(self) -> u8 {
        match self {
            Self::Itself => 0,
            Self::SignOut => 1,
            Self::Application => 2,
            Self::Cap => 3,
            Self::Fingerprint => 4,
            Self::Reuse => 5,
        }
    }

    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_byte() == byte)
    }
}

/// The reason why an id opened no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The store does not know it: it was never issued, or its session has ended or, most often, expired.
    Unknown,
    /// The session is past its absolute deadline.
    Deadline,
    /// The request has another fingerprint than the session.
    Fingerprint,
    /// The session of an owner was stored under none of the [secrets](crate::config::Settings::secrets), or copied from
    /// another owner's.
    Family,
    /// A sign-in, a sign-out or another change of rights replaced it.
    Superseded,
    /// Its session ended a moment ago.
    Ended,
    /// Within one grace, the id was replaced too often to be followed.
    Moved,
}

impl Rejection {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "no such session",
            Self::Deadline => "past its absolute deadline",
            Self::Fingerprint => "another fingerprint",
            Self::Family => "of an owner under none of the secrets",
            Self::Superseded => "superseded by a sign-in or sign-out",
            Self::Ended => "ended a moment ago",
            Self::Moved => "moved too often",
        }
    }
}
