use session_core::{
    id::StoreKey,
    store::{DeleteOutcome, Revision, Write},
};

use super::{LOOKS, Operation, restless};
use crate::{
    protocol::conversation::{Conversation, Wire},
    protocol::errors::Failure,
    protocol::sql::Sql,
};

/// One `DELETE`, or one `UPDATE` to the tombstone; only where that finds nothing to do, a `SELECT` tells why.
pub(crate) struct Delete<'a> {
    pub(crate) key: &'a StoreKey,
    pub(crate) expected: Option<Revision>,
    pub(crate) tombstone: Option<Write<'a>>,
}

impl Operation for Delete<'_> {
    type Outcome = DeleteOutcome;

    async fn run<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<DeleteOutcome, Failure> {
        let expected = self.expected.as_ref();
        for _ in 0..LOOKS {
            let statement = match &self.tombstone {
                None => sql.delete(self.key, expected),
                Some(tombstone) => sql.bury(self.key, expected, tombstone),
            };
            if with.ask(&statement).await?.changed()? > 0 {
                return Ok(DeleteOutcome::Deleted);
            }
            match with.ask(&sql.load(self.key)).await?.record()? {
                None => return Ok(DeleteOutcome::Gone),
                Some(stored) if self.tombstone.is_some_and(|left| left.next == stored.revision) => {
                    return Ok(DeleteOutcome::Deleted);
                }
                Some(stored) if expected.is_some() => return Ok(DeleteOutcome::Conflict(stored)),
                // Created since.
                Some(_) => {}
            }
        }
        Err(restless())
    }

    fn is_done(outcome: &DeleteOutcome) -> bool {
        *outcome == DeleteOutcome::Deleted
    }
}
