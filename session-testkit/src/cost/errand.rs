use std::fmt;

/// An operation with a usual outcome, whose round trips are counted and may have a [budget](crate::Claims::budget).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Errand {
    /// Loads a session of an owner.
    Load,
    /// Loads a key that holds nothing.
    LoadAbsent,
    /// Creates an anonymous session.
    Create,
    /// Creates a session of an owner.
    CreateOwned,
    /// Creates a session of an owner below a cap.
    CreateCapped,
    /// Creates a session of an owner at a cap, which ends the oldest one.
    CreateEvicting,
    /// Commits with the expected revision.
    Commit,
    /// Commits with another revision than the one that is stored.
    CommitConflict,
    /// Commits to a key that holds nothing.
    CommitGone,
    /// Touches with the expected revision.
    Touch,
    /// Rotates and leaves nothing under the old key.
    Rotate,
    /// Rotates and leaves a tombstone.
    RotateLeaving,
    /// Deletes and leaves nothing.
    Delete,
    /// Deletes and leaves a tombstone.
    DeleteLeaving,
    /// Lists a page of ten sessions, which more follow.
    List,
    /// Revokes a family of one session.
    RevokeOne,
    /// Revokes a family of fifty sessions.
    RevokeFifty,
    /// Sweeps where ten records have expired.
    Sweep,
}

impl Errand {
    /// All of them, in the order of a report.
    pub const ALL: &[Self] = &[
        Self::Load,
        Self::LoadAbsent,
        Self::Create,
        Self::CreateOwned,
        Self::CreateCapped,
        Self::CreateEvicting,
        Self::Commit,
        Self::CommitConflict,
        Self::CommitGone,
        Self::Touch,
        Self::Rotate,
        Self::RotateLeaving,
        Self::Delete,
        Self::DeleteLeaving,
        Self::List,
        Self::RevokeOne,
        Self::RevokeFifty,
        Self::Sweep,
    ];
}

impl fmt::Display for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Load => "load",
            Self::LoadAbsent => "load, absent",
            Self::Create => "create, anonymous",
            Self::CreateOwned => "create, owned",
            Self::CreateCapped => "create, below a cap",
            Self::CreateEvicting => "create, ends the oldest",
            Self::Commit => "commit",
            Self::CommitConflict => "commit, conflict",
            Self::CommitGone => "commit, gone",
            Self::Touch => "touch",
            Self::Rotate => "rotate",
            Self::RotateLeaving => "rotate, leaves a tombstone",
            Self::Delete => "delete",
            Self::DeleteLeaving => "delete, leaves a tombstone",
            Self::List => "list, a page",
            Self::RevokeOne => "revoke, one session",
            Self::RevokeFifty => "revoke, fifty sessions",
            Self::Sweep => "sweep, ten expired",
        })
    }
}
