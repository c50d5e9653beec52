use session_core::{
    id::StoreKey,
    store::{CommitOutcome, Revision, Write},
};

use super::{Connection, Conversation, Error, Operation};

/// One `UPDATE` on the condition that the revision is the expected one. If it is not, a `SELECT` tells why.
pub(crate) struct Commit<'a> {
    pub(crate) key: &'a StoreKey,
    pub(crate) expected: &'a Revision,
    pub(crate) write: &'a Write<'a>,
}

impl Operation for Commit<'_> {
    type Outcome = CommitOutcome;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<CommitOutcome, Error> {
        let (key, expected, write) = (self.key, self.expected, self.write);
        if server.ask(&server.sql.commit(key, expected, write)).await?.changed()? > 0 {
            return Ok(CommitOutcome::Written);
        }
        Ok(CommitOutcome::unchanged(server.ask(&server.sql.load(key)).await?.record()?, write.next))
    }

    fn is_done(outcome: &CommitOutcome) -> bool {
        *outcome == CommitOutcome::Written
    }
}
