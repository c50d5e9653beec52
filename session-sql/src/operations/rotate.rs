use session_core::{
    id::StoreKey,
    store::{Revision, RotateOutcome, Write, check_rotation},
};

use super::{Connection, Conversation, Error, ErrorKind, MAX_RACES, Operation, contended};

/// One `UPDATE` of the key; with a tombstone, a transaction with an `INSERT` beside it. The session keeps its stamp, so that
/// a revoke that comes meanwhile has ended it under either key.
pub(crate) struct Rotate<'a> {
    pub(crate) from: &'a StoreKey,
    pub(crate) expected: Revision,
    pub(crate) to: &'a StoreKey,
    pub(crate) write: Write<'a>,
    pub(crate) tombstone: Option<Write<'a>>,
}

impl Operation for Rotate<'_> {
    type Outcome = RotateOutcome;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<RotateOutcome, Error> {
        check_rotation(self.from, self.to).map_err(ErrorKind::InvalidArgument)?;
        let Some(tombstone) = &self.tombstone else {
            return Ok(self.change_key(server).await?.unwrap_or(RotateOutcome::Written));
        };
        server.begin().await?;
        if let Some(found) = self.change_key(server).await? {
            return Ok(found);
        }
        if !server.ask(&server.sql.insert(self.from, tombstone)).await?.took_effect()? {
            return Err(ErrorKind::UnexpectedReply.into());
        }
        server.commit().await?;
        Ok(RotateOutcome::Written)
    }

    fn is_done(outcome: &RotateOutcome) -> bool {
        *outcome == RotateOutcome::Written
    }
}

impl Rotate<'_> {
    /// Returns `None` if the session has the new key now, or why not.
    async fn change_key<C: Connection>(
        &self,
        server: &mut Conversation<'_, C>,
    ) -> Result<Option<RotateOutcome>, Error> {
        for _ in 0..MAX_RACES {
            let statement = server.sql.change_key(self.from, &self.expected, self.to, &self.write);
            if server.ask(&statement).await?.took_effect()? {
                return Ok(None);
            }
            let live = server.ask(&server.sql.load_pair(self.from, self.to)).await?.records()?;
            let (new, old): (Vec<_>, Vec<_>) =
                live.into_iter().partition(|(digest, _)| *digest == self.to.digest);
            let old = old.into_iter().next().map(|(_, stored)| stored);
            let new = new.first().map(|(_, stored)| stored.revision);
            let found = RotateOutcome::unchanged(old, self.expected, new, self.write.next);
            if found.is_some() {
                return Ok(found);
            }
            // A dead record is under the new key.
            server.ask(&server.sql.clear_key(self.to)).await?;
        }
        Err(contended())
    }
}
