use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use session_core::id::{Digest, Family, StoreKey};

use super::{Connection, Conversation, Error, Operation, removal::remove_ended};
use crate::{Class, OWNER_ROW, retry::DEVICES};

/// One small write to the owner's row ends all sessions at once, however many there are. Their rows are removed afterwards,
/// as far as there is time.
pub(crate) struct Revoke<'a> {
    pub(crate) family: &'a Family,
    pub(crate) keep: Option<&'a Digest>,
    /// How many sessions were ended by an attempt whose reply was lost.
    ended: AtomicU64,
}

impl<'a> Revoke<'a> {
    pub(crate) const fn new(family: &'a Family, keep: Option<&'a Digest>) -> Self {
        Self { family, keep, ended: AtomicU64::new(0) }
    }
}

impl Operation for Revoke<'_> {
    type Outcome = u64;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<u64, Error> {
        let family = self.family;
        if !family.is_owned() {
            return Ok(0);
        }
        // Afterwards there may be too little time for counting all of them.
        let (early, removed) = (server.after_quarters(1), server.after_quarters(3));
        server.begin().await?;
        server.ask(&server.sql.lock_owner(family)).await?;
        let found = Found::look(server, family, early).await?;
        server.ask(&server.sql.raise_mark(family, i64::MAX, found.youngest.saturating_add(1))).await?;
        let mut kept = 0;
        if let Some(digest) = self.keep {
            let key = StoreKey { family: *family, digest: *digest };
            kept = server.ask(&server.sql.renew(&key, found.mark)).await?.changed()?;
        }
        let ended = found.live.saturating_sub(kept);
        let before = self.ended.fetch_max(ended, Ordering::Relaxed);
        server.commit().await?;
        let rows = found.rows.saturating_sub(kept);
        remove_ended(server, family, found.youngest, rows, removed).await;
        Ok(ended.max(before))
    }
}

/// What there is to end.
struct Found {
    rows: u64,
    live: u64,
    /// The stamp of the youngest session, or zero.
    youngest: i64,
    mark: i64,
}

impl Found {
    /// Counts on the server. If it has too little time for that, looks at some rows alone: the end matters more than the number.
    async fn look<C: Connection>(
        server: &mut Conversation<'_, C>,
        family: &Family,
        early: Instant,
    ) -> Result<Self, Error> {
        if Instant::now() < early {
            match server.ask(&server.sql.count_devices(family)).await {
                Ok(reply) => {
                    let [rows, live, youngest, mark] = reply.numbers()?;
                    let count = |number: i64| u64::try_from(number).unwrap_or_default();
                    return Ok(Self { rows: count(rows), live: count(live), youngest, mark });
                }
                // Any other error may have ended the transaction as well.
                Err(error) if error.kind.is(Class::OutOfTime) => {
                    if server.go_on().await? {
                        server.ask(&server.sql.lock_owner(family)).await?;
                    }
                }
                Err(error) => return Err(error),
            }
        }
        let some = server.ask(&server.sql.devices(family, OWNER_ROW, DEVICES.rows())).await?.devices()?;
        let mut found = Self { rows: u64::MAX, live: 0, youngest: 0, mark: 0 };
        for device in some {
            found.live += u64::from(device.is_live);
            found.youngest = found.youngest.max(device.stamp);
            found.mark = device.mark;
        }
        Ok(found)
    }
}
