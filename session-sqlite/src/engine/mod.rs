//! Two threads, each with a connection of its own: one writes, one reads, so that no load waits for a disk that is written.

mod job;
mod queue;
mod read;
mod thread;
mod write;

use std::{process, sync::Arc};

use session_core::store::{Applied, Call, StoreError, StoreErrorKind};

pub(crate) use self::job::{Outcome, Ticket};
use self::{job::Job, queue::Queue, thread::Work};
use crate::{database::forked, options::Options};

/// The largest record.
const LARGEST: usize = 16 << 20;

/// The threads of a store, which end with it.
pub(crate) struct Engine {
    options: Arc<Options>,
    writer: Arc<Queue>,
    reader: Arc<Queue>,
    /// The process that has the threads.
    process: u32,
}

impl Engine {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options: Arc::new(options),
            writer: Arc::default(),
            reader: Arc::default(),
            process: process::id(),
        }
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Hands the operation to its thread, which replies once. A thread that panics drops the reply.
    pub(crate) fn begin(
        &self,
        call: Call<'_>,
        reply: impl FnOnce(Outcome) + Send + 'static,
    ) -> Result<Ticket, StoreError> {
        if process::id() != self.process {
            return Err(forked().error(Applied::No));
        }
        check_size(&call)?;
        let (queue, work, name): (_, Work, _) = match call.operation().is_read() {
            true => (&self.reader, read::read, "session-reader"),
            false => (&self.writer, write::write, "session-writer"),
        };
        let job = Job::new(call, self.options.budget, reply);
        let ticket = job.ticket();
        let start = || thread::start(name, Arc::clone(queue), Arc::clone(&self.options), work);
        queue.push(job, start)?;
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

fn check_size(call: &Call<'_>) -> Result<(), StoreError> {
    let length = match call {
        Call::Create { write, .. } | Call::Commit { write, .. } => write.data.len(),
        Call::Rotate { write, tombstone, .. } => {
            write.data.len().max(tombstone.map_or(0, |tombstone| tombstone.data.len()))
        }
        Call::Delete { tombstone: Some(tombstone), .. } => tombstone.data.len(),
        _ => 0,
    };
    if length <= LARGEST {
        return Ok(());
    }
    let reason = format!("{length} bytes, and a record has at most {LARGEST}");
    Err(StoreError::new(StoreErrorKind::TooLarge, Applied::No).with_source(reason))
}
