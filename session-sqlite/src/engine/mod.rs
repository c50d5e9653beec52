//! Two threads, each with a connection of its own: one writes, one reads, so that no load waits for a disk that is written.

mod job;
mod queue;
mod read;
mod thread;
mod write;

use std::{process, sync::Arc};

use session_core::store::{Applied, Call, StoreError};

pub(crate) use self::job::{Outcome, Ticket};
use self::{job::Job, queue::Queue, thread::Work};
use crate::{database::forked, options::Options};

/// The threads of a store, which end with it.
pub(crate) struct Engine {
    pub(crate) options: Arc<Options>,
    writer: Arc<Queue>,
    reader: Arc<Queue>,
    /// The process that has the threads.
    process: u32,
}

impl Engine {
    pub(crate) fn new(options: Options) -> Self {
        let options = Arc::new(options);
        Self { options, writer: Arc::default(), reader: Arc::default(), process: process::id() }
    }

    /// Hands the operation to its thread, which replies once. A thread that panics drops the reply.
    pub(crate) fn begin(
        &self,
        call: Call<'_>,
        reply: impl FnOnce(Outcome) + Send + 'static,
    ) -> Result<Arc<Ticket>, StoreError> {
        if process::id() != self.process {
            return Err(forked().error(Applied::No));
        }
        let (queue, work, name): (_, Work, _) = match call.operation().is_read() {
            true => (&self.reader, read::read, "session-reader"),
            false => (&self.writer, write::write, "session-writer"),
        };
        let job = Job::new(call, self.options.budget, reply);
        let ticket = job.ticket();
        queue.push(job, || thread::start(name, Arc::clone(queue), Arc::clone(&self.options), work))?;
        Ok(ticket)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // In a forked process there are no threads, and a lock may be held for ever.
        if process::id() == self.process {
            self.writer.close();
            self.reader.close();
        }
    }
}
