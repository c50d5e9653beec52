use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Cursor, Page, Revision, Write},
};

use super::statements::{StatementKind as Kind, TEXTS, complete};
use crate::{
    protocol::{
        Parameter::{self, Bytes, Number},
        Statement, Table,
    },
    retry::MAX_TTL,
};

/// The digest of the row that an owner's creates, rotations and revokes lock. No id has it.
const OWNER_ROW: &Digest = &Digest::from_bytes([0; 32]);

/// All statements on one table. No I/O: a statement follows from the arguments alone.
#[derive(Debug)]
pub(crate) struct Sql {
    /// In the order of [`StatementKind`].
    texts: [String; Kind::COUNT],
}

impl Sql {
    pub(crate) fn new(table: &Table) -> Self {
        Self { texts: TEXTS.map(|(_, text)| complete(text, table)) }
    }

    /// The record under the key. If it has expired, the remaining time is zero or less.
    pub(crate) fn load<'a>(&'a self, key: &'a StoreKey) -> Statement<'a> {
        self.statement(Kind::Load, named(key).to_vec())
    }

    /// The live records under two keys of a family.
    pub(crate) fn load_pair<'a>(&'a self, from: &'a StoreKey, to: &'a StoreKey) -> Statement<'a> {
        let [family, digest] = named(from);
        self.statement(Kind::LoadPair, vec![family, digest, Bytes(to.digest.as_bytes())])
    }

    /// A record under a free key: an anonymous session, or a tombstone.
    pub(crate) fn insert<'a>(&'a self, key: &'a StoreKey, write: &'a Write<'a>) -> Statement<'a> {
        self.statement(Kind::Insert, [&named(key)[..], &written(write)].concat())
    }

    /// A session of an owner under a free key, younger than all others. It must follow [`lock_owner`](Self::lock_owner)
    /// directly.
    pub(crate) fn insert_owned<'a>(&'a self, key: &'a StoreKey, write: &'a Write<'a>) -> Statement<'a> {
        self.statement(Kind::InsertOwned, [&named(key)[..], &written(write)].concat())
    }

    /// Deletes the record under the key if it has expired.
    pub(crate) fn delete_expired<'a>(&'a self, key: &'a StoreKey) -> Statement<'a> {
        self.statement(Kind::DeleteExpired, named(key).to_vec())
    }

    pub(crate) fn commit<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: &'a Revision,
        write: &'a Write<'a>,
    ) -> Statement<'a> {
        self.statement(Kind::Commit, [&written(write)[..], &named(key), &[revision(expected)]].concat())
    }

    pub(crate) fn touch<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: &'a Revision,
        ttl: Duration,
    ) -> Statement<'a> {
        let [family, digest] = named(key);
        self.statement(Kind::Touch, vec![Number(millis(ttl)), family, digest, revision(expected)])
    }

    /// Puts the record under another key; the session keeps its age.
    pub(crate) fn change_key<'a>(
        &'a self,
        from: &'a StoreKey,
        expected: &'a Revision,
        to: &'a StoreKey,
        write: &'a Write<'a>,
    ) -> Statement<'a> {
        let target = [Bytes(to.digest.as_bytes()), Number(to.is_owned().into())];
        let source = [&named(from)[..], &[revision(expected)]].concat();
        self.statement(Kind::ChangeKey, [&target, &written(write)[..], &source].concat())
    }

    /// Deletes the live record, if it has the expected revision or none is given.
    pub(crate) fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<&'a Revision>) -> Statement<'a> {
        match expected {
            None => self.statement(Kind::Delete, named(key).to_vec()),
            Some(expected) => {
                self.statement(Kind::DeleteExpected, [&named(key)[..], &[revision(expected)]].concat())
            }
        }
    }

    /// Replaces the live record by a tombstone, if it has the expected revision or none is given.
    pub(crate) fn leave_tombstone<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Option<&'a Revision>,
        tombstone: &'a Write<'a>,
    ) -> Statement<'a> {
        let (kind, compared) = match expected {
            None => (Kind::LeaveTombstone, &tombstone.next),
            Some(expected) => (Kind::LeaveTombstoneExpected, expected),
        };
        self.statement(kind, [&written(tombstone)[..], &named(key), &[revision(compared)]].concat())
    }

    /// Waits until no other transaction holds the owner's row, and holds it until the end of the transaction. The row gets
    /// younger each time; `LAST_INSERT_ID()` is its new age.
    pub(crate) fn lock_owner<'a>(&'a self, family: &'a Family) -> Statement<'a> {
        self.statement(Kind::LockOwner, vec![Bytes(family.as_bytes()), Bytes(OWNER_ROW.as_bytes())])
    }

    /// The digests of an owner's sessions, oldest first, locked until the end of the transaction.
    pub(crate) fn owned_digests<'a>(&'a self, family: &'a Family) -> Statement<'a> {
        self.statement(Kind::OwnedDigests, vec![Bytes(family.as_bytes())])
    }

    /// A page of an owner's sessions, newest first.
    pub(crate) fn list<'a>(&'a self, family: &'a Family, page: &'a Page) -> Statement<'a> {
        let position = |cursor: &Cursor| i64::try_from(cursor.position).unwrap_or(i64::MAX);
        let (position, digest) =
            page.after.as_ref().map_or((i64::MAX, OWNER_ROW), |cursor| (position(cursor), &cursor.digest));
        let after = [Number(position), Number(position), Bytes(digest.as_bytes())];
        let limit = Number(page.limit.get().into());
        self.statement(Kind::List, [&[Bytes(family.as_bytes())][..], &after, &[limit]].concat())
    }

    /// Deletes an owner's live sessions, except the one to keep.
    pub(crate) fn revoke<'a>(&'a self, family: &'a Family, keep: Option<&'a Digest>) -> Statement<'a> {
        let keep = keep.unwrap_or(OWNER_ROW);
        self.statement(Kind::Revoke, vec![Bytes(family.as_bytes()), Bytes(keep.as_bytes())])
    }

    /// Counts the expired records, up to the limit. It locks none.
    pub(crate) fn count_expired(&self, limit: u32) -> Statement<'_> {
        self.statement(Kind::CountExpired, vec![Number(limit.into())])
    }

    /// Deletes the records that expired first.
    pub(crate) fn sweep(&self, limit: u32) -> Statement<'_> {
        self.statement(Kind::Sweep, vec![Number(limit.into())])
    }

    fn statement<'a>(&'a self, kind: Kind, parameters: Vec<Parameter<'a>>) -> Statement<'a> {
        let text = self.texts.get(kind as usize).map_or("", String::as_str);
        Statement { text, kind: Some(kind), parameters, writes: kind.writes() }
    }
}

fn named(key: &StoreKey) -> [Parameter<'_>; 2] {
    [Bytes(key.family.as_bytes()), Bytes(key.digest.as_bytes())]
}

fn written<'a>(write: &'a Write<'a>) -> [Parameter<'a>; 3] {
    [revision(&write.next), Number(millis(write.ttl)), Bytes(write.data)]
}

const fn revision(revision: &Revision) -> Parameter<'_> {
    Bytes(revision.as_bytes())
}

/// Rounds up to whole milliseconds, at least one.
pub(super) fn millis(ttl: Duration) -> i64 {
    let millis = ttl.min(MAX_TTL).as_nanos().div_ceil(1_000_000).max(1);
    i64::try_from(millis).unwrap_or(i64::MAX)
}
