use rusqlite::params;
use session_core::{
    id::StoreKey,
    store::{Revision, RotateOutcome, StoreErrorKind, Write, check_rotation},
};

use super::{
    Step,
    create::{INSERT, REMOVE},
    record::bytes,
};
use crate::failure::{Failure, Result};

/// The age stays.
pub(super) const MOVE: &str = "\
    UPDATE session SET digest=?3, revision=?4, expires=?5, data=?6 WHERE family=?1 AND digest=?2";

impl Step<'_> {
    pub(super) fn rotate(
        self,
        from: StoreKey,
        expected: Revision,
        to: StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome> {
        check_rotation(&from, &to).map_err(|what| Failure::found(StoreErrorKind::Other, what))?;
        let target = self.load(&to)?.map(|live| live.revision);
        if let Some(outcome) = RotateOutcome::unchanged(self.load(&from)?, expected, target, write.next) {
            return Ok(outcome);
        }
        let ((family, old), (_, new)) = (bytes(&from), bytes(&to));
        // What has expired under the new key.
        self.execute(REMOVE, (family, new))?;
        let deadline = self.deadline(write.ttl);
        self.execute(MOVE, params![family, old, new, write.next.as_bytes(), deadline, write.data])?;
        if let Some(tombstone) = tombstone {
            self.insert(INSERT, &from, &tombstone)?;
        }
        Ok(RotateOutcome::Written)
    }
}
