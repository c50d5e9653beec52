use std::time::Duration;

use bytes::Bytes;
use rusqlite::{OptionalExtension as _, Params, Row, params};
use session_core::{
    id::{Digest, StoreKey},
    store::{Revision, StoreErrorKind, Stored, Write},
};

use super::Step;
use crate::failure::{Failure, Result};

pub(super) const LOAD: &str =
    "SELECT revision, expires, data FROM session WHERE family=?1 AND digest=?2 AND expires>?3";

/// The longest life of a record.
const LONGEST: Duration = Duration::from_secs(400 * 24 * 3600);

impl Step<'_> {
    /// Returns the live record.
    pub(super) fn load(self, key: &StoreKey) -> Result<Option<Stored>> {
        let mut statement = self.connection.prepare_cached(LOAD)?;
        let (family, digest) = bytes(key);
        let found = statement.query_row((family, digest, self.now), |row| Ok(self.stored(row, 0)));
        found.optional()?.transpose()
    }

    /// Reads a record from the columns `revision`, `expires` and `data`, of which this is the first.
    pub(super) fn stored(self, row: &Row<'_>, first: usize) -> Result<Stored> {
        let remaining = row.get::<_, i64>(first + 1)?.saturating_sub(self.now);
        Ok(Stored {
            revision: Revision::from_bytes(exact(row, first)?),
            remaining: Duration::from_millis(u64::try_from(remaining).unwrap_or_default()),
            data: Bytes::copy_from_slice(blob(row, first + 2)?),
        })
    }

    /// Returns when a record expires that lives for this time from now on, which is rounded up.
    pub(super) fn deadline(self, ttl: Duration) -> i64 {
        let millis = ttl.min(LONGEST).as_nanos().div_ceil(1_000_000).max(1);
        self.now.saturating_add(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    /// Executes a statement and returns how many rows it has changed.
    pub(super) fn execute(self, sql: &'static str, parameters: impl Params) -> Result<usize> {
        Ok(self.connection.prepare_cached(sql)?.execute(parameters)?)
    }

    /// Executes a statement and returns what is read of each of its rows.
    pub(crate) fn rows<T>(
        self,
        sql: &'static str,
        parameters: impl Params,
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let (mut rows, mut found) = (statement.query(parameters)?, Vec::new());
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// Puts a record under the key. Returns whether there was no live one.
    pub(super) fn insert(self, sql: &'static str, key: &StoreKey, write: &Write<'_>) -> Result<bool> {
        let ((family, digest), deadline) = (bytes(key), self.deadline(write.ttl));
        let parameters = params![family, digest, write.next.as_bytes(), deadline, write.data, self.now];
        Ok(self.execute(sql, parameters)? > 0)
    }

    /// Writes over the live record under the key. Returns whether there was one, of this revision if one is given.
    pub(super) fn overwrite(
        self,
        sql: &'static str,
        key: &StoreKey,
        expected: Option<&Revision>,
        write: &Write<'_>,
    ) -> Result<bool> {
        let ((family, digest), expected) = (bytes(key), expected.map(Revision::as_bytes));
        let (next, deadline) = (write.next.as_bytes(), self.deadline(write.ttl));
        let parameters = params![family, digest, expected, next, deadline, write.data, self.now];
        Ok(self.execute(sql, parameters)? > 0)
    }
}

/// The columns of the primary key.
pub(super) fn bytes(key: &StoreKey) -> (&[u8], &[u8]) {
    (key.family.as_bytes(), key.digest.as_bytes())
}

pub(super) fn digest(row: &Row<'_>, column: usize) -> Result<Digest> {
    exact(row, column).map(Digest::from_bytes)
}

/// Fails as undecodable if there are more or fewer bytes.
fn exact<const N: usize>(row: &Row<'_>, column: usize) -> Result<[u8; N]> {
    blob(row, column)?.try_into().map_err(|_| undecodable())
}

fn blob<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a [u8]> {
    row.get_ref(column)?.as_blob().map_err(|_| undecodable())
}

fn undecodable() -> Failure {
    Failure::found(StoreErrorKind::Undecodable, "the row is not one of this release")
}
