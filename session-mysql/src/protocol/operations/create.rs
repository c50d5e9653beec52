use session_core::{
    id::{Digest, StoreKey},
    store::{Cap, CreateOutcome, OnFull, Write},
};

use super::{Connection, Conversation, Error, MAX_RACES, Operation, contended};

/// One `INSERT`; for an owner's session in a transaction that holds the owner's row, so that the limit holds.
pub(crate) struct Create<'a> {
    pub(crate) key: &'a StoreKey,
    pub(crate) write: Write<'a>,
    pub(crate) cap: Option<Cap>,
}

impl Operation for Create<'_> {
    type Outcome = CreateOutcome;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<CreateOutcome, Error> {
        if !self.key.is_owned() {
            let found = self.insert(server).await?;
            return Ok(found.unwrap_or_else(|| created(Vec::new())));
        }
        server.begin().await?;
        if let Some(found) = self.insert(server).await? {
            return Ok(found);
        }
        let Some(evicted) = self.make_room(server).await? else {
            return Ok(CreateOutcome::Full);
        };
        server.commit().await?;
        Ok(created(evicted))
    }

    fn is_done(outcome: &CreateOutcome) -> bool {
        matches!(outcome, CreateOutcome::Created { .. })
    }
}

impl Create<'_> {
    /// Returns `None` if the record was inserted, or why not.
    async fn insert<C: Connection>(
        &self,
        server: &mut Conversation<'_, C>,
    ) -> Result<Option<CreateOutcome>, Error> {
        for _ in 0..MAX_RACES {
            let statement = if self.key.is_owned() {
                server.ask(&server.sql.lock_owner(&self.key.family)).await?;
                server.sql.insert_owned(self.key, &self.write)
            } else {
                server.sql.insert(self.key, &self.write)
            };
            if server.ask(&statement).await?.changed().is_ok() {
                return Ok(None);
            }
            // Boxed, because it is rare and would make every call larger.
            if let Some(found) = Box::pin(self.find(server)).await? {
                return Ok(Some(found));
            }
        }
        Err(contended())
    }

    /// Finds out what the key holds. Returns `None` if that had expired and is deleted now.
    async fn find<C: Connection>(
        &self,
        server: &mut Conversation<'_, C>,
    ) -> Result<Option<CreateOutcome>, Error> {
        match server.ask(&server.sql.load(self.key)).await?.record()? {
            Some(stored) if stored.revision == self.write.next => Ok(Some(created(Vec::new()))),
            Some(_) => Ok(Some(CreateOutcome::Exists)),
            None => {
                server.ask(&server.sql.delete_expired(self.key)).await?;
                Ok(None)
            }
        }
    }

    /// Ends the oldest sessions until the owner has no more than the limit, and returns them; `None` if the limit refuses
    /// the new session.
    async fn make_room<C: Connection>(
        &self,
        server: &mut Conversation<'_, C>,
    ) -> Result<Option<Vec<Digest>>, Error> {
        let Some(cap) = self.cap else {
            return Ok(Some(Vec::new()));
        };
        let mut oldest_first = server.ask(&server.sql.owned_digests(&self.key.family)).await?.digests()?;
        oldest_first.retain(|digest| *digest != self.key.digest);
        let max = usize::try_from(cap.max.get()).unwrap_or(usize::MAX);
        oldest_first.truncate((oldest_first.len() + 1).saturating_sub(max));
        if !oldest_first.is_empty() && cap.on_full == OnFull::Refuse {
            return Ok(None);
        }
        for digest in &oldest_first {
            let key = StoreKey { family: self.key.family, digest: *digest };
            server.ask(&server.sql.delete(&key, None)).await?;
        }
        Ok(Some(oldest_first))
    }
}

fn created(evicted: Vec<Digest>) -> CreateOutcome {
    CreateOutcome::Created { evicted }
}
