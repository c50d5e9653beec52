use std::time::Duration;

use crate::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome, Stored,
        TouchOutcome, Write,
    },
};

/// One operation of a store, to be carried out by a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call<'a> {
    /// [`Store::load`](crate::store::Store::load)
    Load {
        /// The key.
        key: StoreKey,
    },
    /// [`Store::create`](crate::store::Store::create)
    Create {
        /// The key.
        key: StoreKey,
        /// The record.
        write: Write<'a>,
        /// The limit of the family.
        cap: Option<Cap>,
    },
    /// [`Store::commit`](crate::store::Store::commit)
    Commit {
        /// The key.
        key: StoreKey,
        /// The revision it must have.
        expected: Revision,
        /// The record.
        write: Write<'a>,
    },
    /// [`Store::touch`](crate::store::Store::touch)
    Touch {
        /// The key.
        key: StoreKey,
        /// The revision it must have.
        expected: Revision,
        /// The time to live from now on.
        ttl: Duration,
    },
    /// [`Store::rotate`](crate::store::Store::rotate)
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
    /// [`Store::delete`](crate::store::Store::delete)
    Delete {
        /// The key.
        key: StoreKey,
        /// The revision it must have, if it matters.
        expected: Option<Revision>,
        /// The record to be left under the key.
        tombstone: Option<Write<'a>>,
    },
    /// [`Store::list`](crate::store::Store::list)
    List {
        /// The owner's family.
        family: Family,
        /// Which part of its list.
        page: Page,
    },
    /// [`Store::revoke`](crate::store::Store::revoke)
    Revoke {
        /// The owner's family.
        family: Family,
        /// The session that stays.
        keep: Option<Digest>,
    },
    /// [`Store::sweep`](crate::store::Store::sweep)
    Sweep {
        /// How many records at most.
        limit: u32,
    },
}

/// What a store answered to the [`Call`] of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To [`Call::Load`].
    Load(Option<Stored>),
    /// To [`Call::Create`].
    Create(CreateOutcome),
    /// To [`Call::Commit`].
    Commit(CommitOutcome),
    /// To [`Call::Touch`].
    Touch(TouchOutcome),
    /// To [`Call::Rotate`].
    Rotate(RotateOutcome),
    /// To [`Call::Delete`].
    Delete(DeleteOutcome),
    /// To [`Call::List`].
    List(Listed),
    /// To [`Call::Revoke`].
    Revoke(u64),
    /// To [`Call::Sweep`].
    Sweep(u64),
}
