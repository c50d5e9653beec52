//! The statements. Pure: text and parameters follow from the arguments alone.

use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Cursor, Page, Revision, Write},
};

use crate::{
    protocol::statement::{
        Parameter::{self, Bytes, Number},
        Statement,
    },
    protocol::table::Table,
    protocol::text::Text,
};

/// Milliseconds since 1970 by the server's clock, whatever its time zone, past 2038. It is constant within a
/// statement, so comparisons with it use an index. A text instead of the literal would be read at every use.
pub(crate) const NOW: &str =
    "TIMESTAMPDIFF(MICROSECOND,TIMESTAMP'1970-01-01 00:00:00',UTC_TIMESTAMP(3)) DIV 1000";

/// The digest of the row that an owner's creates, rotations and revokes lock. No id has it.
const LOCK: &Digest = &Digest::from_bytes([0; 32]);

/// The longest life of a record.
const MAX_TTL: Duration = Duration::from_secs(400 * 86_400);

/// The texts of all statements on one table.
#[derive(Debug)]
pub(crate) struct Sql {
    load: Text,
    pair: Text,
    insert: Text,
    insert_member: Text,
    commit: Text,
    touch: Text,
    move_record: Text,
    remove_expired: Text,
    delete: Text,
    delete_expected: Text,
    bury: Text,
    bury_expected: Text,
    lock: Text,
    members: Text,
    list: Text,
    revoke: Text,
    expired: Text,
    sweep: Text,
}

impl Sql {
    pub(crate) fn new(table: &Table) -> Self {
        let mut numbers = 0..;
        let mut text = |pattern: &str| Text {
            number: numbers.next().unwrap_or_default(),
            text: pattern.replace("{t}", &table.to_string()).replace("{now}", NOW),
        };
        let all = "family,digest,revision,owned,created_at,expires_at,data";
        let live = "expires_at>{now}";
        // For one row by its key: as a sum, so that the server does not weigh the index of deadlines against the key.
        let alive = "expires_at+0>{now}";
        let key = "family=? AND digest=?";
        let record = "revision,expires_at-({now}),data";
        let put = "revision=?,expires_at={now}+?,data=?";
        Self {
            // Whether it has expired is told by what remains: a condition makes the server compute the clock twice.
            load: text(&format!("SELECT {record} FROM {{t}} WHERE {key}")),
            pair: text(&format!(
                "SELECT digest,{record} FROM {{t}} WHERE family=? AND digest IN (?,?) AND {live}"
            )),
            insert: text(&format!("INSERT INTO {{t}} ({all}) VALUES (?,?,?,0,{{now}},{{now}}+?,?)")),
            // The owner's row has just said how old the session is.
            insert_member: text(&format!(
                "INSERT INTO {{t}} ({all}) VALUES (?,?,?,1,LAST_INSERT_ID(),{{now}}+?,?)"
            )),
            commit: text(&format!("UPDATE {{t}} SET {put} WHERE {key} AND revision=? AND {alive}")),
            touch: text(&format!(
                "UPDATE {{t}} SET expires_at={{now}}+? WHERE {key} AND revision=? AND {alive}"
            )),
            move_record: text(&format!(
                "UPDATE {{t}} SET digest=?,owned=?,{put} WHERE {key} AND revision=? AND {alive}"
            )),
            remove_expired: text(&format!("DELETE FROM {{t}} WHERE {key} AND NOT {alive}")),
            delete: text(&format!("DELETE FROM {{t}} WHERE {key} AND {alive}")),
            delete_expected: text(&format!("DELETE FROM {{t}} WHERE {key} AND revision=? AND {alive}")),
            bury: text(&format!("UPDATE {{t}} SET owned=0,{put} WHERE {key} AND revision<>? AND {alive}")),
            bury_expected: text(&format!(
                "UPDATE {{t}} SET owned=0,{put} WHERE {key} AND revision=? AND {alive}"
            )),
            lock: text(&format!(
                "INSERT INTO {{t}} ({all}) VALUES (?,?,'',0,LAST_INSERT_ID({{now}}),{{now}}+86400000,'') \
                 ON DUPLICATE KEY UPDATE created_at=LAST_INSERT_ID(GREATEST(created_at+1,VALUES(created_at))),\
                 expires_at=VALUES(expires_at)"
            )),
            members: text(&format!(
                "SELECT digest FROM {{t}} WHERE family=? AND owned=1 AND {live} ORDER BY created_at,digest FOR UPDATE"
            )),
            list: text(&format!(
                "SELECT created_at,digest,{record} FROM {{t}} WHERE family=? AND owned=1 AND \
                 (created_at<? OR created_at=? AND digest<?) AND {live} ORDER BY created_at DESC,digest DESC LIMIT ?"
            )),
            revoke: text(&format!("DELETE FROM {{t}} WHERE family=? AND digest<>? AND owned=1 AND {live}")),
            expired: text("SELECT COUNT(*) FROM (SELECT 1 FROM {t} WHERE expires_at<={now} LIMIT ?) expired"),
            sweep: text("DELETE FROM {t} WHERE expires_at<={now} ORDER BY expires_at LIMIT ?"),
        }
    }

    /// The record under the key, which may have expired: then nothing or less remains.
    pub(crate) fn load<'a>(&'a self, key: &'a StoreKey) -> Statement<'a> {
        Statement::read(&self.load, named(key).to_vec())
    }

    /// The live records under two keys of a family.
    pub(crate) fn pair<'a>(&'a self, from: &'a StoreKey, to: &'a StoreKey) -> Statement<'a> {
        let [family, digest] = named(from);
        Statement::read(&self.pair, vec![family, digest, Bytes(to.digest.as_bytes())])
    }

    /// A record under a free key: an anonymous session, or a tombstone.
    pub(crate) fn insert<'a>(&'a self, key: &'a StoreKey, write: &'a Write<'a>) -> Statement<'a> {
        Statement::write(&self.insert, [&named(key)[..], &written(write)].concat())
    }

    /// A session of an owner under a free key, younger than all others: directly after the owner was
    /// [locked](Self::lock).
    pub(crate) fn insert_member<'a>(&'a self, key: &'a StoreKey, write: &'a Write<'a>) -> Statement<'a> {
        Statement::write(&self.insert_member, [&named(key)[..], &written(write)].concat())
    }

    /// Takes away what has expired under the key.
    pub(crate) fn remove_expired<'a>(&'a self, key: &'a StoreKey) -> Statement<'a> {
        Statement::write(&self.remove_expired, named(key).to_vec())
    }

    pub(crate) fn commit<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: &'a Revision,
        write: &'a Write<'a>,
    ) -> Statement<'a> {
        Statement::write(&self.commit, [&written(write)[..], &named(key), &[revision(expected)]].concat())
    }

    pub(crate) fn touch<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: &'a Revision,
        ttl: Duration,
    ) -> Statement<'a> {
        let [family, digest] = named(key);
        Statement::write(&self.touch, vec![Number(millis(ttl)), family, digest, revision(expected)])
    }

    /// The session under another key, as old as it was. Not `move`, which is a keyword.
    pub(crate) fn move_record<'a>(
        &'a self,
        from: &'a StoreKey,
        expected: &'a Revision,
        to: &'a StoreKey,
        write: &'a Write<'a>,
    ) -> Statement<'a> {
        let target = [Bytes(to.digest.as_bytes()), Number(to.is_owned().into())];
        let source = [&named(from)[..], &[revision(expected)]].concat();
        Statement::write(&self.move_record, [&target, &written(write)[..], &source].concat())
    }

    /// Takes away the live record, of the revision if one is given.
    pub(crate) fn delete<'a>(&'a self, key: &'a StoreKey, expected: Option<&'a Revision>) -> Statement<'a> {
        match expected {
            None => Statement::write(&self.delete, named(key).to_vec()),
            Some(expected) => {
                Statement::write(&self.delete_expected, [&named(key)[..], &[revision(expected)]].concat())
            }
        }
    }

    /// A tombstone in the place of the live record, of the revision if one is given.
    pub(crate) fn bury<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Option<&'a Revision>,
        tombstone: &'a Write<'a>,
    ) -> Statement<'a> {
        let (text, compared) = match expected {
            None => (&self.bury, &tombstone.next),
            Some(expected) => (&self.bury_expected, expected),
        };
        Statement::write(text, [&written(tombstone)[..], &named(key), &[revision(compared)]].concat())
    }

    /// Waits until no other transaction holds the owner's row, and holds it. Each time, the row is younger, and says so by
    /// `LAST_INSERT_ID()`.
    pub(crate) fn lock<'a>(&'a self, family: &'a Family) -> Statement<'a> {
        Statement::write(&self.lock, vec![Bytes(family.as_bytes()), Bytes(LOCK.as_bytes())])
    }

    /// The digests of an owner's sessions, oldest first, which stay as they are to the end of the transaction.
    pub(crate) fn members<'a>(&'a self, family: &'a Family) -> Statement<'a> {
        Statement::read(&self.members, vec![Bytes(family.as_bytes())])
    }

    /// A part of an owner's sessions, newest first.
    pub(crate) fn list<'a>(&'a self, family: &'a Family, page: &'a Page) -> Statement<'a> {
        let position = |cursor: &Cursor| i64::try_from(cursor.position).unwrap_or(i64::MAX);
        let (position, digest) =
            page.after.as_ref().map_or((i64::MAX, LOCK), |cursor| (position(cursor), &cursor.digest));
        let after = [Number(position), Number(position), Bytes(digest.as_bytes())];
        let limit = Number(page.limit.get().into());
        Statement::read(&self.list, [&[Bytes(family.as_bytes())][..], &after, &[limit]].concat())
    }

    /// Takes away an owner's live sessions but one.
    pub(crate) fn revoke<'a>(&'a self, family: &'a Family, keep: Option<&'a Digest>) -> Statement<'a> {
        let keep = keep.unwrap_or(LOCK);
        Statement::write(&self.revoke, vec![Bytes(family.as_bytes()), Bytes(keep.as_bytes())])
    }

    /// How many records have expired, counted up to the limit and locking none.
    pub(crate) fn expired(&self, limit: u32) -> Statement<'_> {
        Statement::read(&self.expired, vec![Number(limit.into())])
    }

    /// Takes away what has expired first.
    pub(crate) fn sweep(&self, limit: u32) -> Statement<'_> {
        Statement::write(&self.sweep, vec![Number(limit.into())])
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

/// Whole milliseconds, rounded up, at least one.
pub(super) fn millis(ttl: Duration) -> i64 {
    let millis = ttl.min(MAX_TTL).as_nanos().div_ceil(1_000_000).max(1);
    i64::try_from(millis).unwrap_or(i64::MAX)
}
