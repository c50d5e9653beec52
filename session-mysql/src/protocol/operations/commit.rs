use session_core::{
    id::StoreKey,
    store::{CommitOutcome, Revision, Write},
};

use super::Operation;
use crate::{
    protocol::conversation::{Conversation, Wire},
    protocol::errors::Failure,
    protocol::sql::Sql,
};

/// One `UPDATE` on the condition that the revision is the expected one; only where it is not, a `SELECT` tells why.
pub(crate) struct Commit<'a> {
    pub(crate) key: &'a StoreKey,
    pub(crate) expected: Revision,
    pub(crate) write: Write<'a>,
}

impl Operation for Commit<'_> {
    type Outcome = CommitOutcome;

    async fn run<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<CommitOutcome, Failure> {
        let (key, expected, write) = (self.key, &self.expected, &self.write);
        if with.ask(&sql.commit(key, expected, write)).await?.changed()? > 0 {
            return Ok(CommitOutcome::Written);
        }
        Ok(match with.ask(&sql.load(key)).await?.record()? {
            None => CommitOutcome::Gone,
            Some(stored) if stored.revision == write.next => CommitOutcome::Written,
            Some(stored) => CommitOutcome::Conflict(stored),
        })
    }

    fn is_done(outcome: &CommitOutcome) -> bool {
        *outcome == CommitOutcome::Written
    }
}
