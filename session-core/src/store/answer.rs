use super::{
    CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Operation, RotateOutcome, Stored, TouchOutcome,
};

/// What a store returned for the [`Call`](super::Call) of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "an adapter must handle every operation")]
pub enum Answer {
    /// For [`Call::Load`](super::Call::Load).
    Load(Option<Stored>),
    /// For [`Call::Create`](super::Call::Create).
    Create(CreateOutcome),
    /// For [`Call::Commit`](super::Call::Commit).
    Commit(CommitOutcome),
    /// For [`Call::Touch`](super::Call::Touch).
    Touch(TouchOutcome),
    /// For [`Call::Rotate`](super::Call::Rotate).
    Rotate(RotateOutcome),
    /// For [`Call::Delete`](super::Call::Delete).
    Delete(DeleteOutcome),
    /// For [`Call::List`](super::Call::List).
    List(Listed),
    /// For [`Call::Revoke`](super::Call::Revoke).
    Revoke(u64),
    /// For [`Call::Sweep`](super::Call::Sweep).
    Sweep(u64),
}

impl Answer {
    /// The operation that it belongs to.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Load(_) => Operation::Load,
            Self::Create(_) => Operation::Create,
            Self::Commit(_) => Operation::Commit,
            Self::Touch(_) => Operation::Touch,
            Self::Rotate(_) => Operation::Rotate,
            Self::Delete(_) => Operation::Delete,
            Self::List(_) => Operation::List,
            Self::Revoke(_) => Operation::Revoke,
            Self::Sweep(_) => Operation::Sweep,
        }
    }

    /// The outcome in one word, as metrics label it: `found`, `absent`, `written`, `conflict`, …
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Load(Some(_)) => "found",
            Self::Load(None) => "absent",
            Self::Create(CreateOutcome::Created { evicted }) if evicted.is_empty() => "created",
            Self::Create(CreateOutcome::Created { .. }) => "evicted",
            Self::Create(CreateOutcome::Exists) | Self::Rotate(RotateOutcome::Exists) => "exists",
            Self::Create(CreateOutcome::Full) => "full",
            Self::Commit(CommitOutcome::Written) | Self::Rotate(RotateOutcome::Written) => "written",
            Self::Commit(CommitOutcome::Conflict(_))
            | Self::Rotate(RotateOutcome::Conflict(_))
            | Self::Delete(DeleteOutcome::Conflict(_)) => "conflict",
            Self::Touch(TouchOutcome::Touched) => "touched",
            Self::Delete(DeleteOutcome::Deleted) => "deleted",
            Self::Commit(CommitOutcome::Gone)
            | Self::Touch(TouchOutcome::Gone)
            | Self::Rotate(RotateOutcome::Gone)
            | Self::Delete(DeleteOutcome::Gone) => "gone",
            Self::List(_) => "listed",
            Self::Revoke(0) | Self::Sweep(0) => "none",
            Self::Revoke(_) | Self::Sweep(_) => "some",
        }
    }
}
