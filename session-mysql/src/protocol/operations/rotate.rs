use session_core::{
    id::StoreKey,
    store::{Revision, RotateOutcome, Write},
};

use super::{LOOKS, Operation, restless};
use crate::{
    protocol::conversation::{Conversation, Wire},
    protocol::errors::{Failure, Trouble},
    protocol::sql::Sql,
};

/// One `UPDATE` of the key; with a tombstone an `INSERT` beside it in one transaction, and for an owner's session in one
/// that holds the owner's row.
pub(crate) struct Rotate<'a> {
    pub(crate) from: &'a StoreKey,
    pub(crate) expected: Revision,
    pub(crate) to: &'a StoreKey,
    pub(crate) write: Write<'a>,
    pub(crate) tombstone: Option<Write<'a>>,
}

impl Operation for Rotate<'_> {
    type Outcome = RotateOutcome;

    async fn run<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<RotateOutcome, Failure> {
        let (from, to) = (self.from, self.to);
        if from.family != to.family || from == to {
            return Err(Trouble::Misuse("a rotation leads to another key of the same family").into());
        }
        if !from.is_owned() && self.tombstone.is_none() {
            return Ok(self.move_record(sql, with).await?.unwrap_or(RotateOutcome::Written));
        }
        with.begin().await?;
        if from.is_owned() {
            with.ask(&sql.lock(&from.family)).await?;
        }
        if let Some(found) = self.move_record(sql, with).await? {
            return Ok(found);
        }
        if let Some(tombstone) = &self.tombstone {
            with.ask(&sql.insert(from, tombstone)).await?.changed()?;
        }
        with.commit().await?;
        Ok(RotateOutcome::Written)
    }

    fn is_done(outcome: &RotateOutcome) -> bool {
        *outcome == RotateOutcome::Written
    }
}

impl Rotate<'_> {
    /// Nothing if the session has the new key now, else why not.
    async fn move_record<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<Option<RotateOutcome>, Failure> {
        for _ in 0..LOOKS {
            let statement = sql.move_record(self.from, &self.expected, self.to, &self.write);
            if with.ask(&statement).await?.changed().is_ok_and(|moved| moved > 0) {
                return Ok(None);
            }
            let live = with.ask(&sql.pair(self.from, self.to)).await?.records()?;
            let (mut source, mut target) = (None, None);
            for (digest, stored) in live {
                *(if digest == self.to.digest { &mut target } else { &mut source }) = Some(stored);
            }
            return Ok(Some(match (source, target) {
                (_, Some(target)) if target.revision == self.write.next => RotateOutcome::Written,
                (None, _) => RotateOutcome::Gone,
                (Some(source), _) if source.revision != self.expected => RotateOutcome::Conflict(source),
                (Some(_), Some(_)) => RotateOutcome::Exists,
                // Something that has expired is under the new key.
                (Some(_), None) => {
                    with.ask(&sql.remove_expired(self.to)).await?;
                    continue;
                }
            }));
        }
        Err(restless())
    }
}
