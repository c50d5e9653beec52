use std::{array, iter, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Cursor, Page, Revision, Write},
};

use crate::{
    Dialect,
    Parameter::{self, Bytes, Number},
    Statement, StatementKind as Kind, Table, complete,
    retry::MAX_TTL,
    texts,
};

/// The digest of the owner's row. No id has it.
pub const OWNER_ROW: &Digest = &Digest::from_bytes([0; 32]);

/// No session has it.
const NO_KEY: &StoreKey = &StoreKey { family: Family::from_bytes([0; 16]), digest: *OWNER_ROW };

/// What no session can become.
const NO_CHANGE: &(StoreKey, Revision, Write<'_>) = {
    const NEVER: Revision = Revision::from_bytes([0; 16]);
    &(*NO_KEY, NEVER, Write { next: NEVER, data: &[], ttl: Duration::ZERO })
};

/// All statements on one table. No I/O: a statement follows from the arguments alone.
#[derive(Debug)]
pub struct Sql {
    /// In the order of [`StatementKind`].
    texts: [String; Kind::COUNT],
    begin: &'static str,
    error_ends_transaction: bool,
}

impl Sql {
    /// The statements of a dialect on this table.
    #[must_use]
    pub fn new<D: Dialect>(table: &Table) -> Self {
        let text = |number| {
            let (kind, text) = texts::<D>().find(|(kind, _)| *kind as usize == number)?;
            Some(complete::<D>(&kind.form(text), table))
        };
        Self {
            texts: array::from_fn(|number| text(number).unwrap_or_default()),
            begin: D::BEGIN,
            error_ends_transaction: D::ERROR_ENDS_TRANSACTION,
        }
    }

    pub(crate) const fn begin(&self) -> &'static str {
        self.begin
    }

    pub(crate) const fn error_ends_transaction(&self) -> bool {
        self.error_ends_transaction
    }

    /// The record under the key. If it has expired, the remaining time is zero or less.
    pub fn load<'a>(&'a self, key: &'a StoreKey) -> Statement<'a> {
        let kind = if key.is_owned() { Kind::LoadOwned } else { Kind::Load };
        self.statement(kind, named(key).to_vec())
    }

    /// The live records under two keys of a family.
    pub fn load_pair<'a>(&'a self, from: &'a StoreKey, to: &'a StoreKey) -> Statement<'a> {
        let [family, digest] = named(from);
        self.statement(Kind::LoadPair, vec![family, digest, Bytes(to.digest.as_bytes())])
    }

    /// The live records under these keys, at most sixteen.
    pub fn load_together<'a>(&'a self, keys: &[&'a StoreKey]) -> Statement<'a> {
        let (kind, places) = if keys.len() <= 4 { (Kind::LoadFour, 4) } else { (Kind::LoadSixteen, 16) };
        let all = keys.iter().copied().chain(iter::repeat(NO_KEY)).take(places);
        self.statement(kind, all.flat_map(named).collect())
    }

    /// A record under a free key: an anonymous session, or a tombstone.
    pub fn insert<'a>(&'a self, key: &'a StoreKey, write: &'a Write<'a>) -> Statement<'a> {
        self.statement(Kind::Insert, [&named(key)[..], &written(write)].concat())
    }

    /// Records under free keys that no owner has, four or sixteen.
    pub fn insert_together<'a>(&'a self, records: &'a [(StoreKey, Write<'a>)]) -> Statement<'a> {
        let kind = if records.len() <= 4 { Kind::InsertFour } else { Kind::InsertSixteen };
        let all = records.iter().flat_map(|(key, write)| named(key).into_iter().chain(written(write)));
        self.statement(kind, all.collect())
    }

    /// A session of an owner under a free key, younger than all others. It must follow [`lock_owner`](Self::lock_owner)
    /// directly.
    pub fn insert_owned<'a>(&'a self, key: &'a StoreKey, write: &'a Write<'a>) -> Statement<'a> {
        self.statement(Kind::InsertOwned, [&named(key)[..], &written(write)].concat())
    }

    /// Deletes the record under the key if it is dead.
    pub fn clear_key<'a>(&'a self, key: &'a StoreKey) -> Statement<'a> {
        let [family, digest] = named(key);
        self.statement(Kind::ClearKey, vec![family, digest, family])
    }

    /// Writes a record over the one that has the expected revision.
    pub fn commit<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: &'a Revision,
        write: &'a Write<'a>,
    ) -> Statement<'a> {
        let [family, digest] = named(key);
        let [next, ttl, data] = written(write);
        let parameters = [next, ttl, data, family, digest, revision(expected)];
        self.compared(key, Kind::Commit, Kind::CommitOwned, &parameters)
    }

    /// Whether several commits can be one statement.
    #[cfg(feature = "tokio")]
    pub(crate) fn commits_together(&self) -> bool {
        self.texts.get(Kind::CommitFour as usize).is_some_and(|text| !text.is_empty())
    }

    /// Writes records over those that have the expected revisions, at most sixteen, of sessions that no owner has. Those that another
    /// transaction holds are left out.
    pub fn commit_together<'a>(&'a self, changes: &[&'a (StoreKey, Revision, Write<'a>)]) -> Statement<'a> {
        let (kind, places) =
            if changes.len() <= 4 { (Kind::CommitFour, 4) } else { (Kind::CommitSixteen, 16) };
        let all = changes.iter().copied().chain(iter::repeat(NO_CHANGE)).take(places);
        let parameters = all.flat_map(|(key, expected, write)| {
            named(key).into_iter().chain([revision(expected)]).chain(written(write))
        });
        self.statement(kind, parameters.collect())
    }

    /// Sets the deadline of the record that has the expected revision.
    pub fn touch<'a>(&'a self, key: &'a StoreKey, expected: &'a Revision, ttl: Duration) -> Statement<'a> {
        let [family, digest] = named(key);
        let parameters = [Number(millis(ttl)), family, digest, revision(expected)];
        self.compared(key, Kind::Touch, Kind::TouchOwned, &parameters)
    }

    /// Puts the record under another key; the session keeps its age.
    pub fn change_key<'a>(
        &'a self,
        from: &'a StoreKey,
        expected: &'a Revision,
        to: &'a StoreKey,
        write: &'a Write<'a>,
    ) -> Statement<'a> {
        let ([family, digest], [next, ttl, data]) = (named(from), written(write));
        let (target, owned) = (Bytes(to.digest.as_bytes()), Number(to.is_owned().into()));
        let parameters = [target, owned, next, ttl, data, family, digest, revision(expected)];
        self.compared(from, Kind::ChangeKey, Kind::ChangeKeyOwned, &parameters)
    }

    /// Deletes the live record, if it has the expected revision or none is given.
    pub fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<&'a Revision>) -> Statement<'a> {
        let [family, digest] = named(key);
        // No revision is empty.
        let compared = expected.map_or(Bytes(&[]), revision);
        let parameters = [family, digest, compared, Number(expected.is_some().into())];
        self.compared(key, Kind::Delete, Kind::DeleteOwned, &parameters)
    }

    /// Replaces the live record by a tombstone, if it has the expected revision, or, if none is given, any but the
    /// tombstone's own.
    pub fn leave_tombstone<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Option<&'a Revision>,
        tombstone: &'a Write<'a>,
    ) -> Statement<'a> {
        let ([family, digest], [next, ttl, data]) = (named(key), written(tombstone));
        let compared = revision(expected.unwrap_or(&tombstone.next));
        let parameters = [next, ttl, data, family, digest, compared, Number(expected.is_some().into())];
        self.compared(key, Kind::LeaveTombstone, Kind::LeaveTombstoneOwned, &parameters)
    }

    /// Waits until no other transaction holds the owner's row, and holds it until the end of the transaction. The row gets
    /// younger each time; `LAST_INSERT_ID()` is its new age.
    pub fn lock_owner<'a>(&'a self, family: &'a Family) -> Statement<'a> {
        self.statement(Kind::LockOwner, vec![Bytes(family.as_bytes())])
    }

    /// The first rows of an owner's sessions behind a digest: the dead ones too, because a search for live ones could be
    /// long.
    pub fn devices<'a>(&'a self, family: &'a Family, after: &'a Digest, limit: u32) -> Statement<'a> {
        let limit = Number(limit.into());
        self.statement(Kind::Devices, vec![Bytes(family.as_bytes()), Bytes(after.as_bytes()), limit])
    }

    /// How many rows an owner's sessions have, how many of them are live, the stamp of the youngest, and the mark.
    pub fn count_devices<'a>(&'a self, family: &'a Family) -> Statement<'a> {
        self.statement(Kind::CountDevices, vec![Bytes(family.as_bytes())])
    }

    /// The digest of the last of so many rows behind a digest, if there are as many.
    pub fn end_of_part<'a>(&'a self, family: &'a Family, after: &'a Digest, rows: u32) -> Statement<'a> {
        let others = Number(i64::from(rows) - 1);
        self.statement(Kind::EndOfPart, vec![Bytes(family.as_bytes()), Bytes(after.as_bytes()), others])
    }

    /// Ends the sessions of an owner that are not younger than `up_to`. It must follow [`lock_owner`](Self::lock_owner) in a
    /// transaction. The row becomes at least as young as `youngest`; `LAST_INSERT_ID()` is its new age.
    pub fn raise_mark<'a>(&'a self, family: &'a Family, up_to: i64, youngest: i64) -> Statement<'a> {
        self.statement(Kind::RaiseMark, vec![Number(youngest), Number(up_to), Bytes(family.as_bytes())])
    }

    /// Makes a session the youngest, if it was younger than this mark. It must follow [`raise_mark`](Self::raise_mark)
    /// directly.
    pub fn renew<'a>(&'a self, key: &'a StoreKey, mark: i64) -> Statement<'a> {
        let [family, digest] = named(key);
        self.statement(Kind::Renew, vec![family, digest, Number(mark)])
    }

    /// Removes an owner's sessions from one digest to another, those that are not younger than a mark.
    pub fn remove_ended<'a>(
        &'a self,
        family: &'a Family,
        (first, last): (&'a Digest, &'a Digest),
        mark: i64,
    ) -> Statement<'a> {
        let range = [Bytes(first.as_bytes()), Bytes(last.as_bytes())];
        self.statement(Kind::RemoveEnded, [&[Bytes(family.as_bytes())], &range[..], &[Number(mark)]].concat())
    }

    /// A page of an owner's sessions, newest first.
    pub fn list<'a>(&'a self, family: &'a Family, page: &'a Page) -> Statement<'a> {
        let position = |cursor: &Cursor| i64::try_from(cursor.position).unwrap_or(i64::MAX);
        let (position, digest) =
            page.after.as_ref().map_or((i64::MAX, OWNER_ROW), |cursor| (position(cursor), &cursor.digest));
        let after = [Number(position), Number(position), Bytes(digest.as_bytes())];
        let limit = Number(page.limit.get().into());
        self.statement(Kind::List, [&[Bytes(family.as_bytes())][..], &after, &[limit]].concat())
    }

    /// Counts the expired records, up to the limit. It locks none.
    pub fn count_expired(&self, limit: u32) -> Statement<'_> {
        self.statement(Kind::CountExpired, vec![Number(limit.into())])
    }

    /// Deletes the records that expired first.
    pub fn sweep(&self, limit: u32) -> Statement<'_> {
        self.statement(Kind::Sweep, vec![Number(limit.into())])
    }

    /// The statement on a record in the form for its key: an owner's compares the mark, too.
    fn compared<'a>(
        &'a self,
        key: &'a StoreKey,
        anonymous: Kind,
        owned: Kind,
        parameters: &[Parameter<'a>],
    ) -> Statement<'a> {
        if key.is_owned() {
            self.statement(owned, [parameters, &[Bytes(key.family.as_bytes())]].concat())
        } else {
            self.statement(anonymous, parameters.to_vec())
        }
    }

    fn statement<'a>(&'a self, kind: Kind, parameters: Vec<Parameter<'a>>) -> Statement<'a> {
        let text = self.texts.get(kind as usize).map_or("", String::as_str);
        Statement {
            text,
            kind: Some(kind),
            parameters,
            writes: kind.writes(),
            returns_rows: kind.returns_rows(),
        }
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
pub(crate) fn millis(ttl: Duration) -> i64 {
    let millis = ttl.min(MAX_TTL).as_nanos().div_ceil(1_000_000).max(1);
    i64::try_from(millis).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_rounds_up_and_ends_after_400_days() {
        assert_eq!((millis(Duration::ZERO), millis(Duration::from_nanos(1))), (1, 1));
        assert_eq!(millis(Duration::from_micros(1001)), 2);
        assert_eq!(millis(Duration::MAX), 400 * 86_400_000);
    }
}
