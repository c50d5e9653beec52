//! Two threads, each with a connection of its own: one writes, one reads, so that no load waits for a disk that is written.

mod job;
mod read;
mod thread;
mod write;

use std::{
    error::Error,
    mem,
    sync::{Arc, Mutex, PoisonError, mpsc::SyncSender},
};

use session_core::store::{Applied, Call, StoreError, StoreErrorKind};
use session_net::process_mark;

use self::job::Job;
pub(crate) use self::job::{Outcome, Ticket};
use crate::{database::forked, options::Options};

/// The threads of a store, which end with it after the jobs that are there.
pub(crate) struct Engine {
    pub(crate) options: Arc<Options>,
    writer: Queue,
    reader: Queue,
    /// The process that has the threads.
    process: u64,
}

/// The jobs of a thread, in the order in which they come. The first one starts it.
type Queue = Mutex<Option<SyncSender<Job>>>;

impl Engine {
    pub(crate) fn new(options: Options) -> Self {
        let options = Arc::new(options);
        Self { options, writer: Queue::default(), reader: Queue::default(), process: process_mark() }
    }

    /// Hands the operation to its thread, which replies once. A thread that panics drops the reply.
    pub(crate) fn begin(
        &self,
        call: Call<'_>,
        reply: impl FnOnce(Outcome) + Send + 'static,
    ) -> Result<Arc<Ticket>, StoreError> {
        if process_mark() != self.process {
            return Err(forked().error(Applied::No));
        }
        let (queue, work, name): (_, thread::Work, _) = match call.operation().is_read() {
            true => (&self.reader, read::read, "session-reader"),
            false => (&self.writer, write::write, "session-writer"),
        };
        let job = Job::new(call, self.options.budget, reply);
        let ticket = Arc::clone(&job.ticket);
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = match queue.take() {
            Some(jobs) => jobs,
            None => thread::start(name, Arc::clone(&self.options), work).map_err(overloaded)?,
        };
        let sent = queue.insert(jobs).try_send(job);
        sent.map_err(|_| overloaded("too many operations wait for the file"))?;
        Ok(ticket)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // In a forked process there are no threads, and a lock may be held for ever.
        if process_mark() != self.process {
            for queue in [&mut self.writer, &mut self.reader] {
                mem::forget(mem::take(queue));
            }
        }
    }
}

fn overloaded(reason: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError::new(StoreErrorKind::Overloaded, Applied::No).with_source(reason)
}
