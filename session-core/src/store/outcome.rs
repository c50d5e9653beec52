#![expect(clippy::exhaustive_enums, reason = "a driver must handle every outcome")]

use super::{Revision, Stored};
use crate::id::Digest;

/// The outcomes of [`create`](super::Store::create).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateOutcome {
    /// The record is stored, by this attempt or by an earlier try of it.
    Created {
        /// The sessions of the family that ended to make room, oldest first.
        evicted: Vec<Digest>,
    },
    /// Another record lives under the key and is untouched.
    Exists,
    /// The family is at its cap and the cap refuses; nothing changed.
    Full,
}

/// The outcomes of [`commit`](super::Store::commit).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitOutcome {
    /// The record is replaced, by this attempt or by an earlier try of it.
    Written,
    /// The record has another revision than expected. It is returned, unchanged.
    Conflict(Stored),
    /// No live record is under the key; nothing was stored.
    Gone,
}

/// The outcomes of [`touch`](super::Store::touch).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchOutcome {
    /// The deadline is the one asked for.
    Touched,
    /// No live record of that revision is under the key: deleted, expired, or written since, which set a
    /// deadline of its own. Nothing changed.
    Gone,
}

/// The outcomes of [`rotate`](super::Store::rotate).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotateOutcome {
    /// The session lives under the new key only, by this attempt or by an earlier try of it.
    Written,
    /// The record under the old key has another revision than expected. It is returned; both keys are unchanged.
    Conflict(Stored),
    /// Another record lives under the new key; both keys unchanged.
    Exists,
    /// No live record is under the old key; nothing was stored.
    Gone,
}

/// The outcomes of [`delete`](super::Store::delete).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeleteOutcome {
    /// The record is deleted, by this attempt or by an earlier try of it that left the same tombstone.
    Deleted,
    /// The record has another revision than expected. It is returned, unchanged.
    Conflict(Stored),
    /// There was no live record.
    Gone,
}

impl CreateOutcome {
    /// The outcome where a record of this revision lives under the key: an earlier try of this create has stored it, if it has
    /// the next revision.
    #[must_use]
    pub fn occupied(live: Revision, next: Revision) -> Self {
        if live == next { Self::Created { evicted: Vec::new() } } else { Self::Exists }
    }
}

impl CommitOutcome {
    /// The outcome of a commit that has changed nothing, by the live record that was found under its key then.
    #[must_use]
    pub fn unchanged(found: Option<Stored>, next: Revision) -> Self {
        match found {
            None => Self::Gone,
            Some(live) if live.revision == next => Self::Written,
            Some(live) => Self::Conflict(live),
        }
    }
}

impl RotateOutcome {
    /// The outcome of a rotation by the live records under both keys; `None` if it is to be carried out, because the old key has
    /// the expected record and the new one none.
    #[must_use]
    pub fn unchanged(
        old: Option<Stored>,
        expected: Revision,
        new: Option<Revision>,
        next: Revision,
    ) -> Option<Self> {
        match (old, new) {
            (_, Some(new)) if new == next => Some(Self::Written),
            (None, _) => Some(Self::Gone),
            (Some(old), _) if old.revision != expected => Some(Self::Conflict(old)),
            (Some(_), Some(_)) => Some(Self::Exists),
            (Some(_), None) => None,
        }
    }
}

impl DeleteOutcome {
    /// The outcome of a deletion that has changed nothing, by the live record that was found under its key then, and the revision
    /// of the tombstone that it leaves.
    #[must_use]
    pub fn unchanged(found: Option<Stored>, tombstone: Option<Revision>) -> Self {
        match found {
            None => Self::Gone,
            Some(live) if Some(live.revision) == tombstone => Self::Deleted,
            Some(live) => Self::Conflict(live),
        }
    }
}
