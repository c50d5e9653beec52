use std::{
    future::Future,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{Connection, Conversation, Error, Operation};
use crate::queue::{Batch, Queue, Waiting};

/// An operation that can ask for others of its kind as well.
pub(crate) trait Shared: Operation {
    /// Whatever another one needs to know to ask for it.
    type Request: Send + Sync;

    fn request(&self) -> Self::Request;

    /// How many others it can ask for when so many wait.
    fn company(waiting: usize) -> usize;

    /// Asks for itself and the others. `None` if each must ask for itself.
    fn run_with<C: Connection>(
        &self,
        others: Batch<Self::Request, Self::Outcome>,
        server: &mut Conversation<'_, C>,
    ) -> impl Future<Output = Result<Option<Self::Outcome>, Error>> + Send;
}

/// An operation that asks for those as well that wait for a connection.
pub(crate) struct Together<'a, O: Shared> {
    operation: O,
    queue: &'a Queue<O::Request, O::Outcome>,
    /// Its own place in the queue.
    place: OnceLock<Arc<Waiting<O::Request, O::Outcome>>>,
    has_begun: AtomicBool,
}

impl<'a, O: Shared> Together<'a, O> {
    pub(crate) const fn new(operation: O, queue: &'a Queue<O::Request, O::Outcome>) -> Self {
        Self { operation, queue, place: OnceLock::new(), has_begun: AtomicBool::new(false) }
    }

    /// Whether it has a connection, which would be lost if it were given up.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Relaxed)
    }

    /// Its place in the queue, if it waits there or has done so.
    pub(crate) fn place(&self) -> Option<&Arc<Waiting<O::Request, O::Outcome>>> {
        self.place.get()
    }

    /// Waits in the queue from now on.
    pub(crate) fn join(&self) -> &Arc<Waiting<O::Request, O::Outcome>> {
        self.place.get_or_init(|| self.queue.join(self.operation.request()))
    }
}

impl<O: Shared> Drop for Together<'_, O> {
    fn drop(&mut self) {
        if let Some(place) = self.place.get() {
            self.queue.leave(place);
        }
    }
}

impl<O: Shared> Operation for Together<'_, O> {
    type Outcome = O::Outcome;

    async fn run<C: Connection>(&self, server: &mut Conversation<'_, C>) -> Result<O::Outcome, Error> {
        self.has_begun.store(true, Ordering::Relaxed);
        if let Some(others) = self.queue.board(self.place.get(), O::company) {
            // Boxed, because it would make every call larger.
            if let Some(outcome) = Box::pin(self.operation.run_with(others, server)).await? {
                return Ok(outcome);
            }
        }
        self.operation.run(server).await
    }

    fn is_done(outcome: &O::Outcome) -> bool {
        O::is_done(outcome)
    }

    fn recognises_itself(&self) -> bool {
        self.operation.recognises_itself()
    }
}
