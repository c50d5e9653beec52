use std::sync::atomic::{AtomicU64, Ordering};

use session_core::id::{Digest, Family};

use super::Operation;
use crate::{
    protocol::conversation::{Conversation, Wire},
    protocol::errors::Failure,
    protocol::sql::Sql,
};

/// One `DELETE` in a transaction that holds the owner's row. Without that row, the delete would wait for a session
/// that is being rotated and then miss what it was rotated to.
pub(crate) struct Revoke<'a> {
    pub(crate) family: &'a Family,
    pub(crate) keep: Option<&'a Digest>,
    /// How many a try has ended whose answer was lost.
    ended: AtomicU64,
}

impl<'a> Revoke<'a> {
    pub(crate) const fn new(family: &'a Family, keep: Option<&'a Digest>) -> Self {
        Self { family, keep, ended: AtomicU64::new(0) }
    }
}

impl Operation for Revoke<'_> {
    type Outcome = u64;

    async fn run<W: Wire>(&self, sql: &Sql, with: &mut Conversation<'_, W>) -> Result<u64, Failure> {
        if !self.family.is_owned() {
            return Ok(0);
        }
        with.begin().await?;
        with.ask(&sql.lock(self.family)).await?;
        let ended = with.ask(&sql.revoke(self.family, self.keep)).await?.changed()?;
        let before = self.ended.fetch_max(ended, Ordering::Relaxed);
        with.commit().await?;
        Ok(ended.max(before))
    }

    fn is_done(_: &u64) -> bool {
        true
    }
}
