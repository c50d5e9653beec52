use session_core::{
    id::{Digest, StoreKey},
    store::{Cap, CreateOutcome, OnFull, Write},
};

use super::{LOOKS, Operation, restless};
use crate::{
    protocol::conversation::{Conversation, Wire},
    protocol::errors::Failure,
    protocol::sql::Sql,
};

/// One `INSERT`; of an owner's session in a transaction that holds the owner's row, so that the limit holds.
pub(crate) struct Create<'a> {
    pub(crate) key: &'a StoreKey,
    pub(crate) write: Write<'a>,
    pub(crate) cap: Option<Cap>,
}

impl Operation for Create<'_> {
    type Outcome = CreateOutcome;

    async fn run<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<CreateOutcome, Failure> {
        if !self.key.is_owned() {
            let found = self.insert(sql, with).await?;
            return Ok(found.unwrap_or_else(|| created(Vec::new())));
        }
        with.begin().await?;
        if let Some(found) = self.insert(sql, with).await? {
            return Ok(found);
        }
        let Some(evicted) = self.make_room(sql, with).await? else {
            return Ok(CreateOutcome::Full);
        };
        with.commit().await?;
        Ok(created(evicted))
    }

    fn is_done(outcome: &CreateOutcome) -> bool {
        matches!(outcome, CreateOutcome::Created { .. })
    }
}

impl Create<'_> {
    /// Nothing if the record was inserted, else what the key holds already.
    async fn insert<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<Option<CreateOutcome>, Failure> {
        for _ in 0..LOOKS {
            let statement = if self.key.is_owned() {
                with.ask(&sql.lock(&self.key.family)).await?;
                sql.insert_member(self.key, &self.write)
            } else {
                sql.insert(self.key, &self.write)
            };
            if with.ask(&statement).await?.changed().is_ok() {
                return Ok(None);
            }
            // Boxed, as it is rare: every call would be larger by it.
            if let Some(found) = Box::pin(self.find(sql, with)).await? {
                return Ok(Some(found));
            }
        }
        Err(restless())
    }

    /// What the key holds, unless that has expired and is taken away.
    async fn find<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<Option<CreateOutcome>, Failure> {
        match with.ask(&sql.load(self.key)).await?.record()? {
            Some(stored) if stored.revision == self.write.next => Ok(Some(created(Vec::new()))),
            Some(_) => Ok(Some(CreateOutcome::Exists)),
            None => {
                with.ask(&sql.remove_expired(self.key)).await?;
                Ok(None)
            }
        }
    }

    /// Ends the oldest sessions until the owner has no more than the limit, and answers which. Nothing if the limit
    /// refuses.
    async fn make_room<W: Wire>(
        &self,
        sql: &Sql,
        with: &mut Conversation<'_, W>,
    ) -> Result<Option<Vec<Digest>>, Failure> {
        let Some(cap) = self.cap else {
            return Ok(Some(Vec::new()));
        };
        let mut oldest_first = with.ask(&sql.members(&self.key.family)).await?.digests()?;
        oldest_first.retain(|digest| *digest != self.key.digest);
        let max = usize::try_from(cap.max.get()).unwrap_or(usize::MAX);
        oldest_first.truncate((oldest_first.len() + 1).saturating_sub(max));
        if !oldest_first.is_empty() && cap.on_full == OnFull::Refuse {
            return Ok(None);
        }
        for digest in &oldest_first {
            let key = StoreKey { family: self.key.family, digest: *digest };
            with.ask(&sql.delete(&key, None)).await?;
        }
        Ok(Some(oldest_first))
    }
}

fn created(evicted: Vec<Digest>) -> CreateOutcome {
    CreateOutcome::Created { evicted }
}
