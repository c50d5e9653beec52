use std::{
    collections::VecDeque,
    error::Error,
    io,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use session_core::store::{Applied, StoreError, StoreErrorKind};

use super::Job;

/// The jobs that wait for a thread, in the order in which they came.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    is_served: bool,
    is_closed: bool,
}

/// How many jobs may wait.
const ROOM: usize = 1024;
/// How many are taken at once.
const MOST: usize = 128;

impl Queue {
    /// Adds a job. The first one starts the thread.
    pub(super) fn push(&self, job: Job, start: impl FnOnce() -> io::Result<()>) -> Result<(), StoreError> {
        let mut state = self.lock();
        if !state.is_served {
            start().map_err(overloaded)?;
            state.is_served = true;
        }
        if state.jobs.len() >= ROOM {
            return Err(overloaded("too many operations wait for the file"));
        }
        state.jobs.push_back(job);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for jobs and takes those that are there, or returns `None` once the queue is closed and empty.
    pub(super) fn take(&self) -> Option<Vec<Job>> {
        let state = self.lock();
        let waited = self.filled.wait_while(state, |state| state.jobs.is_empty() && !state.is_closed);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let most = state.jobs.len().min(MOST);
        (most > 0).then(|| state.jobs.drain(..most).collect())
    }

    /// Lets the thread end after what is there.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.filled.notify_all();
    }

    /// Nothing under the lock panics.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn overloaded(reason: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError::new(StoreErrorKind::Overloaded, Applied::No).with_source(reason)
}
