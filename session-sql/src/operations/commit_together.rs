use std::time::Duration;

use bytes::Bytes;
use session_core::{
    id::StoreKey,
    store::{Applied, CommitOutcome, Revision, Write},
};

use super::{Commit, Connection, Conversation, Error, Shared};
use crate::{queue::Batch, retry::TOGETHER};

/// A record that waits to be written over another one.
pub(crate) struct ChangedRecord {
    key: StoreKey,
    expected: Revision,
    next: Revision,
    ttl: Duration,
    data: Bytes,
}

impl ChangedRecord {
    fn parts(&self) -> (StoreKey, Revision, Write<'_>) {
        (self.key, self.expected, Write { next: self.next, data: &self.data, ttl: self.ttl })
    }
}

/// One `UPDATE` of several rows, which waits for none of them.
impl Shared for Commit<'_> {
    type Request = ChangedRecord;

    fn request(&self) -> ChangedRecord {
        let Write { next, data, ttl } = *self.write;
        ChangedRecord {
            key: *self.key,
            expected: *self.expected,
            next,
            ttl,
            data: Bytes::copy_from_slice(data),
        }
    }

    fn company(waiting: usize) -> usize {
        waiting.min(TOGETHER - 1)
    }

    /// A row that is held, or has another revision, is rare: then its request asks for itself, and finds out why.
    async fn run_with<C: Connection>(
        &self,
        others: Batch<ChangedRecord, CommitOutcome>,
        server: &mut Conversation<'_, C>,
    ) -> Result<Option<CommitOutcome>, Error> {
        let own = (*self.key, *self.expected, *self.write);
        let changes: Vec<_> = others.requests().map(ChangedRecord::parts).chain([own]).collect();
        let changes: Vec<_> = changes.iter().collect();
        others.set_may_be_applied(true);
        let reply = server.ask(&server.sql.commit_together(&changes)).await;
        if reply.as_ref().is_err_and(|error| error.applied == Applied::No) {
            others.set_may_be_applied(false);
        }
        let written = reply?.revisions()?;
        let answer = |key: StoreKey, next| written.contains(&(key, next)).then_some(CommitOutcome::Written);
        others.answer_some(|record| answer(record.key, record.next));
        Ok(answer(*self.key, self.write.next))
    }
}
