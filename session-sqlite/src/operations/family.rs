//! The operations on all sessions of an owner.

use rusqlite::params;
use session_core::{
    id::{Digest, Family},
    store::{Cursor, Listed, Page},
};

use super::{Step, record::digest};
use crate::failure::Result;

pub(super) const LIST: &str = "\
    SELECT age, digest, revision, expires, data FROM session \
    WHERE family=?1 AND age IS NOT NULL AND age<=?2 AND (age<?2 OR digest<?3) AND expires>?4 \
    ORDER BY age DESC LIMIT ?5";
/// Tombstones go too: each leads to a session that ends. Returns whether the row was a live session.
pub(super) const REVOKE: &str = "\
    DELETE FROM session WHERE family=?1 AND digest<>?2 RETURNING age IS NOT NULL AND expires>?3";

impl Step<'_> {
    pub(super) fn list(self, family: Family, page: Page) -> Result<Listed> {
        if !family.is_owned() {
            return Ok(Listed::default());
        }
        // A place behind the last one is that before the first.
        let (age, before) = match page.after {
            Some(Cursor { position, digest }) => (i64::try_from(position).unwrap_or(i64::MAX), digest),
            None => (i64::MAX, Digest::from_bytes([0; 32])),
        };
        let one_more = i64::from(page.limit.get()) + 1;
        let parameters = params![family.as_bytes(), age, before.as_bytes(), self.now, one_more];
        let found = self.rows(LIST, parameters, |row| {
            let position = row.get::<_, i64>(0)?.cast_unsigned();
            Ok((Cursor { position, digest: digest(row, 1)? }, self.stored(row, 2)?))
        })?;
        let (sessions, next) = page.cut(found);
        Ok(Listed { sessions, next })
    }

    pub(super) fn revoke(self, family: Family, keep: Option<Digest>) -> Result<u64> {
        if !family.is_owned() {
            return Ok(0);
        }
        // No digest is empty.
        let keep = keep.as_ref().map_or(&[][..], |keep| keep.as_bytes());
        let ended =
            self.rows(REVOKE, (family.as_bytes(), keep, self.now), |row| Ok(row.get::<_, bool>(0)?))?;
        Ok(ended.into_iter().map(u64::from).sum())
    }
}
