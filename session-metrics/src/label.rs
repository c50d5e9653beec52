use session_core::store::{
    CommitOutcome, CreateOutcome, DeleteOutcome, Listed, RotateOutcome, Stored, TouchOutcome,
};

/// An answer of a store in one word.
pub(crate) trait Label {
    fn label(&self) -> &'static str;
}

impl Label for Option<Stored> {
    fn label(&self) -> &'static str {
        if self.is_some() { "found" } else { "absent" }
    }
}

impl Label for CreateOutcome {
    fn label(&self) -> &'static str {
        match self {
            Self::Created { evicted } if evicted.is_empty() => "created",
            Self::Created { .. } => "evicted",
            Self::Exists => "exists",
            Self::Full => "full",
        }
    }
}

impl Label for CommitOutcome {
    fn label(&self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Conflict(_) => "conflict",
            Self::Gone => "gone",
        }
    }
}

impl Label for TouchOutcome {
    fn label(&self) -> &'static str {
        match self {
            Self::Touched => "touched",
            Self::Gone => "gone",
        }
    }
}

impl Label for RotateOutcome {
    fn label(&self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Conflict(_) => "conflict",
            Self::Exists => "exists",
            Self::Gone => "gone",
        }
    }
}

impl Label for DeleteOutcome {
    fn label(&self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Conflict(_) => "conflict",
            Self::Gone => "gone",
        }
    }
}

/// A list.
impl Label for Listed {
    fn label(&self) -> &'static str {
        "listed"
    }
}

/// How many a revoke ended or a sweep removed.
impl Label for u64 {
    fn label(&self) -> &'static str {
        if *self == 0 { "none" } else { "some" }
    }
}
