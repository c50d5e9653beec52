use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use session_core::{id::StoreKey, store::Stored};

use super::{Connection, Conversation, Error, Operation};
use crate::load_queue::{Batch, LoadQueue, WaitingLoad, under};

/// A load that asks for those as well that wait for a connection.
pub(crate) struct LoadTogether<'a> {
    key: &'a StoreKey,
    queue: &'a LoadQueue,
    /// Its own place in the queue.
    place: OnceLock<Arc<WaitingLoad>>,
    has_begun: AtomicBool,
}

impl<'a> LoadTogether<'a> {
    pub(crate) const fn new(key: &'a StoreKey, queue: &'a LoadQueue) -> Self {
        Self { key, queue, place: OnceLock::new(), has_begun: AtomicBool::new(false) }
    }

    /// Whether it has a connection, which would be lost if it were given up.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }

    /// Its place in the queue, if it waits there or has done so.
    pub(crate) fn place(&self) -> Option<&Arc<WaitingLoad>> {
        self.place.get()
    }

    /// Waits in the queue from now on.
    pub(crate) fn join(&self) -> &Arc<WaitingLoad> {
        self.place.get_or_init(|| self.queue.join(*self.key))
    }
}

impl LoadTogether<'_> {
    async fn load_with<C: Connection>(
        &self,
        batch: Batch,
        server: &mut Conversation<'_, C>,
    ) -> Result<Option<Stored>, Error> {
        let keys: Vec<&StoreKey> = batch.keys().chain([self.key]).collect();
        let found = server.ask(&server.sql.load_together(&keys)).await?.keyed_records()?;
        let own = under(self.key, &found);
        batch.answer(&found);
        Ok(own)
    }
}

impl Drop for LoadTogether<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.place.get() {
            self.queue.leave(place);
        }
    }
}

impl Operation for LoadTogether<'_> {
    type Outcome = Option<Stored>;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<Option<Stored>, Error> {
        self.has_begun.store(true, Ordering::Relaxed);
        let batch = self.queue.board(self.place.get());
        if batch.is_empty() {
            return Ok(server.ask(&server.sql.load(self.key)).await?.record()?);
        }
        // Boxed, because it would make every load larger.
        Box::pin(self.load_with(batch, server)).await
    }
}
