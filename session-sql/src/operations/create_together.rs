use std::time::Duration;

use bytes::Bytes;
use session_core::{
    id::StoreKey,
    store::{Applied, CreateOutcome, Revision, Write},
};

use super::{Connection, Conversation, Error, Insert, Shared, insert::created};
use crate::queue::Batch;

/// A record that waits to be inserted.
pub(crate) struct NewRecord {
    key: StoreKey,
    next: Revision,
    ttl: Duration,
    data: Bytes,
}

impl NewRecord {
    fn parts(&self) -> (StoreKey, Write<'_>) {
        (self.key, Write { next: self.next, data: &self.data, ttl: self.ttl })
    }
}

/// One `INSERT` of several rows.
impl Shared for Insert<'_> {
    type Request = NewRecord;

    fn request(&self) -> NewRecord {
        let Write { next, data, ttl } = *self.write;
        NewRecord { key: *self.key, next, ttl, data: Bytes::copy_from_slice(data) }
    }

    /// No row of a statement can be left empty.
    fn company(waiting: usize) -> usize {
        match waiting {
            0..3 => 0,
            3..15 => 3,
            15.. => 15,
        }
    }

    /// A key that another record has is rare: then each looks for itself, and recognises what is its own.
    async fn run_with<C: Connection>(
        &self,
        others: Batch<NewRecord, CreateOutcome>,
        server: &mut Conversation<'_, C>,
    ) -> Result<Option<CreateOutcome>, Error> {
        let records: Vec<_> =
            others.requests().map(NewRecord::parts).chain([(*self.key, *self.write)]).collect();
        others.set_may_be_applied(true);
        let reply = server.ask(&server.sql.insert_together(&records)).await;
        if reply.as_ref().is_err_and(|error| error.applied == Applied::No) {
            others.set_may_be_applied(false);
        }
        if !reply?.inserted_all(records.len())? {
            return Ok(None);
        }
        others.answer(|_| created(Vec::new()));
        Ok(Some(created(Vec::new())))
    }
}
