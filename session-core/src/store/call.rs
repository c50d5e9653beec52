use std::time::Duration;

use super::{Cap, Operation, Page, Revision, Write};
use crate::id::{Digest, Family, StoreKey};

/// One operation of a store with its arguments, as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a store must handle every operation")]
pub enum Call<'a> {
    /// [`Store::load`](super::Store::load)
    Load {
        /// The key.
        key: StoreKey,
    },
    /// [`Store::create`](super::Store::create)
    Create {
        /// The key.
        key: StoreKey,
        /// The record.
        write: Write<'a>,
        /// The limit of the family.
        cap: Option<Cap>,
    },
    /// [`Store::commit`](super::Store::commit)
    Commit {
        /// The key.
        key: StoreKey,
        /// The revision it must have.
        expected: Revision,
        /// The bytes that it must have then, if the caller knows them: for [`Store::commit_replacing`](super::Store::commit_replacing).
        replaced: Option<&'a [u8]>,
        /// The record.
        write: Write<'a>,
    },
    /// [`Store::touch`](super::Store::touch)
    Touch {
        /// The key.
        key: StoreKey,
        /// The revision it must have.
        expected: Revision,
        /// The time to live from now on.
        ttl: Duration,
    },
    /// [`Store::rotate`](super::Store::rotate)
    Rotate {
        /// The old key.
        from: StoreKey,
        /// The revision it must have.
        expected: Revision,
        /// The new key.
        to: StoreKey,
        /// The record for the new key.
        write: Write<'a>,
        /// The record for the old key.
        tombstone: Option<Write<'a>>,
    },
    /// [`Store::delete`](super::Store::delete)
    Delete {
        /// The key.
        key: StoreKey,
        /// The revision it must have, if it matters.
        expected: Option<Revision>,
        /// The record to be left under the key.
        tombstone: Option<Write<'a>>,
    },
    /// [`Store::list`](super::Store::list)
    List {
        /// The owner's family.
        family: Family,
        /// Which part of its list.
        page: Page,
    },
    /// [`Store::revoke`](super::Store::revoke)
    Revoke {
        /// The owner's family.
        family: Family,
        /// The session that stays.
        keep: Option<Digest>,
    },
    /// [`Store::sweep`](super::Store::sweep)
    Sweep {
        /// How many records at most.
        limit: u32,
    },
}

impl Call<'_> {
    /// Which operation it is.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Load { .. } => Operation::Load,
            Self::Create { .. } => Operation::Create,
            Self::Commit { .. } => Operation::Commit,
            Self::Touch { .. } => Operation::Touch,
            Self::Rotate { .. } => Operation::Rotate,
            Self::Delete { .. } => Operation::Delete,
            Self::List { .. } => Operation::List,
            Self::Revoke { .. } => Operation::Revoke,
            Self::Sweep { .. } => Operation::Sweep,
        }
    }
}
