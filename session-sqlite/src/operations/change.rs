//! The operations that change one record: one statement, and another one to find out why it changed nothing.

use std::time::Duration;

use session_core::{
    id::StoreKey,
    store::{CommitOutcome, DeleteOutcome, Revision, TouchOutcome, Write},
};

use super::{Step, record::bytes};
use crate::failure::Result;

pub(super) const COMMIT: &str = "\
    UPDATE session SET revision=?4, expires=?5, data=?6 \
    WHERE family=?1 AND digest=?2 AND revision=?3 AND expires>?7";
pub(super) const TOUCH: &str =
    "UPDATE session SET expires=?4 WHERE family=?1 AND digest=?2 AND revision=?3 AND expires>?5";
/// `IFNULL` lets a revision that is not given fit every row, also one that cannot be read.
pub(super) const DELETE: &str =
    "DELETE FROM session WHERE family=?1 AND digest=?2 AND revision=IFNULL(?3, revision) AND expires>?4";
/// A tombstone that is there already keeps its deadline.
pub(super) const LEAVE_TOMBSTONE: &str = "\
    UPDATE session SET revision=?4, age=NULL, expires=?5, data=?6 \
    WHERE family=?1 AND digest=?2 AND revision=IFNULL(?3, revision) AND revision<>?4 AND expires>?7";

impl Step<'_> {
    pub(super) fn commit(self, key: StoreKey, expected: Revision, write: Write<'_>) -> Result<CommitOutcome> {
        if self.overwrite(COMMIT, &key, Some(&expected), &write)? {
            return Ok(CommitOutcome::Written);
        }
        Ok(CommitOutcome::unchanged(self.load(&key)?, write.next))
    }

    pub(super) fn touch(self, key: StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome> {
        let (family, digest) = bytes(&key);
        let parameters = (family, digest, expected.as_bytes(), self.deadline(ttl), self.now);
        Ok(if self.execute(TOUCH, parameters)? > 0 { TouchOutcome::Touched } else { TouchOutcome::Gone })
    }

    pub(super) fn delete(
        self,
        key: StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome> {
        let is_done = if let Some(tombstone) = &tombstone {
            self.overwrite(LEAVE_TOMBSTONE, &key, expected.as_ref(), tombstone)?
        } else {
            let (family, digest) = bytes(&key);
            let expected = expected.as_ref().map(Revision::as_bytes);
            self.execute(DELETE, (family, digest, expected, self.now))? > 0
        };
        if is_done {
            return Ok(DeleteOutcome::Deleted);
        }
        Ok(DeleteOutcome::unchanged(self.load(&key)?, tombstone.map(|tombstone| tombstone.next)))
    }
}
