use session_core::{
    id::StoreKey,
    store::{DeleteOutcome, Revision, Write},
};

use super::{Connection, Conversation, Error, MAX_RACES, Operation, contended};

/// One `DELETE`, or one `UPDATE` to the tombstone. If that changes nothing, a `SELECT` tells why.
pub(crate) struct Delete<'a> {
    pub(crate) key: &'a StoreKey,
    pub(crate) expected: Option<Revision>,
    pub(crate) tombstone: Option<Write<'a>>,
}

impl Operation for Delete<'_> {
    type Outcome = DeleteOutcome;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<DeleteOutcome, Error> {
        let expected = self.expected.as_ref();
        for _ in 0..MAX_RACES {
            let statement = match &self.tombstone {
                None => server.sql.delete(self.key, expected),
                Some(tombstone) => server.sql.leave_tombstone(self.key, expected, tombstone),
            };
            if server.ask(&statement).await?.changed()? > 0 {
                return Ok(DeleteOutcome::Deleted);
            }
            let found = server.ask(&server.sql.load(self.key)).await?.record()?;
            match DeleteOutcome::unchanged(found, self.tombstone.map(|tombstone| tombstone.next)) {
                // It was created in between.
                DeleteOutcome::Conflict(_) if expected.is_none() => {}
                outcome => return Ok(outcome),
            }
        }
        Err(contended())
    }

    fn is_done(outcome: &DeleteOutcome) -> bool {
        *outcome == DeleteOutcome::Deleted
    }
}
