use std::sync::atomic::{AtomicU64, Ordering};

use session_core::id::{Digest, Family, StoreKey};

use super::{Connection, Conversation, Devices, Error, Operation};

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
        let (counted, removed) = (server.after_quarters(2), server.after_quarters(3));
        server.begin().await?;
        server.ask(&server.sql.lock_owner(family)).await?;
        let devices = Devices::find(server, family, Some(counted)).await?;
        let youngest = devices.youngest();
        server.ask(&server.sql.raise_mark(family, i64::MAX, youngest.saturating_add(1))).await?;
        let mut ended = devices.live.len();
        if let Some(digest) = self.keep {
            let key = StoreKey { family: *family, digest: *digest };
            server.ask(&server.sql.renew(&key, devices.mark)).await?;
            ended -= usize::from(devices.live.iter().any(|(_, live)| live == digest));
        }
        let ended = u64::try_from(ended).unwrap_or(u64::MAX);
        let before = self.ended.fetch_max(ended, Ordering::Relaxed);
        server.commit().await?;
        let mark = youngest.max(devices.mark);
        devices.remove_ended(server, family, mark, removed).await;
        Ok(ended.max(before))
    }
}
