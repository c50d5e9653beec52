use std::sync::atomic::{AtomicU64, Ordering};

use session_core::id::{Digest, Family};

use super::{Connection, Conversation, Error, Operation};

/// One `DELETE` in a transaction that holds the owner's row. Without that row, the delete would wait for a session that
/// is being rotated and then miss its new key.
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
        if !self.family.is_owned() {
            return Ok(0);
        }
        server.begin().await?;
        server.ask(&server.sql.lock_owner(self.family)).await?;
        let ended = server.ask(&server.sql.revoke(self.family, self.keep)).await?.changed()?;
        let before = self.ended.fetch_max(ended, Ordering::Relaxed);
        server.commit().await?;
        Ok(ended.max(before))
    }
}
