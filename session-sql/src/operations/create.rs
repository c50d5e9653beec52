use session_core::{
    id::{Digest, StoreKey},
    store::{Cap, CreateOutcome, OnFull, Write},
};

use super::{
    Connection, Conversation, Devices, Error, Insert, MAX_RACES, Operation, contended,
    insert::{created, find},
    removal::remove_ended,
};
use crate::retry::FEW;

/// An [`Insert`]; for an owner's session in a transaction that holds the owner's row, so that the limit holds.
pub(crate) struct Create<'a> {
    pub(crate) key: &'a StoreKey,
    pub(crate) write: Write<'a>,
    pub(crate) cap: Option<Cap>,
}

impl Operation for Create<'_> {
    type Outcome = CreateOutcome;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<CreateOutcome, Error> {
        if !self.key.is_owned() {
            return Insert { key: self.key, write: &self.write }.run(server).await;
        }
        server.begin().await?;
        if let Some(found) = self.insert(server).await? {
            return Ok(found);
        }
        let Some(cap) = self.cap else {
            server.commit().await?;
            return Ok(created(Vec::new()));
        };
        // Boxed, because it is rare and would make every call larger.
        Box::pin(self.make_room(server, cap)).await
    }

    fn is_done(outcome: &CreateOutcome) -> bool {
        Insert::is_done(outcome)
    }
}

impl Create<'_> {
    /// Returns `None` if the record was inserted, or why not.
    async fn insert<C: Connection>(
        &self,
        server: &mut Conversation<'_, C>,
    ) -> Result<Option<CreateOutcome>, Error> {
        for _ in 0..MAX_RACES {
            server.ask(&server.sql.lock_owner(&self.key.family)).await?;
            let statement = server.sql.insert_owned(self.key, &self.write);
            if server.ask(&statement).await?.took_effect()? {
                return Ok(None);
            }
            // Boxed, because it is rare and would make every call larger.
            if let Some(found) = Box::pin(find(self.key, &self.write, server)).await? {
                return Ok(Some(found));
            }
        }
        Err(contended())
    }

    /// Ends the oldest sessions until the owner has no more than the limit, unless the limit refuses the new session, and
    /// commits. Ended rows that are left, of this time or an earlier one, are removed afterwards.
    async fn make_room<C: Connection>(
        &self,
        server: &mut Conversation<'_, C>,
        cap: Cap,
    ) -> Result<CreateOutcome, Error> {
        let (family, removed) = (&self.key.family, server.after_quarters(3));
        let mut devices = Devices::find(server, family).await?;
        let this = devices.live.iter().position(|(_, digest)| *digest == self.key.digest);
        let (stamp, _) = this.map(|this| devices.live.swap_remove(this)).unwrap_or_default();
        devices.live.sort_unstable();
        let max = usize::try_from(cap.max.get()).unwrap_or(usize::MAX);
        let excess = (devices.live.len() + 1).saturating_sub(max);
        if excess > 0 && cap.on_full == OnFull::Refuse {
            return Ok(CreateOutcome::Full);
        }
        let up_to =
            devices.live.get(..excess).and_then(<[_]>::last).map_or(devices.mark, |(stamp, _)| *stamp);
        // With those of the same stamp, which a clock that was set back may have given twice.
        let ended = devices.live.partition_point(|(stamp, _)| *stamp <= up_to);
        let oldest = devices.live.get(..ended).unwrap_or_default();
        let evicted: Vec<Digest> = oldest.iter().map(|(_, digest)| *digest).collect();
        let youngest = devices.youngest();
        let is_ended = self.end_few(server, oldest).await?;
        // A clock that was set back may have made this one older than others.
        if !is_ended || youngest >= stamp {
            let mark = if is_ended { devices.mark } else { up_to };
            server.ask(&server.sql.raise_mark(family, mark, youngest.saturating_add(1))).await?;
            server.ask(&server.sql.renew(self.key, i64::MIN)).await?;
        }
        server.commit().await?;
        if !is_ended || devices.are_many_left() {
            remove_ended(server, family, up_to, devices.rows, removed).await;
        }
        Ok(created(evicted))
    }

    /// Deletes each session if they are few. Returns whether all are gone; one that is being rotated escapes.
    async fn end_few<C: Connection>(
        &self,
        server: &mut Conversation<'_, C>,
        oldest: &[(i64, Digest)],
    ) -> Result<bool, Error> {
        if oldest.len() > FEW {
            return Ok(false);
        }
        let mut ended = 0;
        for (stamp, digest) in oldest {
            let statement = server.sql.remove_ended(&self.key.family, (digest, digest), *stamp);
            ended += server.ask(&statement).await?.changed()?;
        }
        Ok(usize::try_from(ended) == Ok(oldest.len()))
    }
}
