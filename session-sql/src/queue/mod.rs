//! Operations of one kind that wait for a connection. Whoever gets one asks for others as well, in one statement.
//!
//! One operation in [`TOGETHER`] of them looks for a connection, and the others wait for its answer. So none is served later than it
//! would have been alone, and nobody depends on another one that is not polled any more: after
//! [`LOOK_AGAIN`](crate::retry::LOOK_AGAIN) each looks for a connection itself.

mod batch;
#[cfg(test)]
mod tests;
mod waiting;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub(crate) use batch::Batch;
use waiting::News;
pub(crate) use waiting::Waiting;

use crate::retry::TOGETHER;

/// What waits for a connection, the first to come in front: requests, and the answers that others may bring.
#[derive(Debug)]
pub(crate) struct Queue<R, A>(Mutex<State<R, A>>);

#[derive(Debug)]
struct State<R, A> {
    waiting: VecDeque<Entry<R, A>>,
    /// How many of them look for a connection.
    going: usize,
}

#[derive(Debug)]
struct Entry<R, A> {
    waiting: Arc<Waiting<R, A>>,
    goes: bool,
}

impl<R, A> Queue<R, A> {
    /// Takes in an operation that has found no connection.
    pub(crate) fn join(&self, request: R) -> Arc<Waiting<R, A>> {
        let waiting = Arc::new(Waiting::new(request));
        let mut state = self.state();
        state.waiting.push_back(Entry { waiting: Arc::clone(&waiting), goes: false });
        state.send_enough();
        waiting
    }

    /// Takes out one that waits no more, and sends another in its place.
    pub(crate) fn leave(&self, waiting: &Arc<Waiting<R, A>>) {
        let mut state = self.state();
        state.remove(waiting);
        state.send_enough();
    }

    /// Takes out those that travel with one that has got a connection, if there are any, and that one. `company` says how many travel along when
    /// so many wait.
    pub(crate) fn board(
        &self,
        own: Option<&Arc<Waiting<R, A>>>,
        company: impl FnOnce(usize) -> usize,
    ) -> Option<Batch<R, A>> {
        let mut state = self.state();
        if state.waiting.is_empty() {
            return None;
        }
        if let Some(own) = own {
            state.remove(own);
        }
        let count = company(state.waiting.len());
        let batch: Vec<_> = state.waiting.drain(..count).collect();
        state.going -= batch.iter().filter(|entry| entry.goes).count();
        state.send_enough();
        drop(state);
        Batch::new(batch.into_iter().map(|entry| entry.waiting).collect())
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        *self.state() = State::default();
    }

    fn state(&self) -> MutexGuard<'_, State<R, A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R, A> Default for Queue<R, A> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<R, A> Default for State<R, A> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), going: 0 }
    }
}

impl<R, A> State<R, A> {
    fn remove(&mut self, waiting: &Arc<Waiting<R, A>>) {
        let place = self.waiting.iter().position(|entry| Arc::ptr_eq(&entry.waiting, waiting));
        if let Some(entry) = place.and_then(|place| self.waiting.remove(place)) {
            self.going -= usize::from(entry.goes);
        }
    }

    /// Sends the first of those that only wait, until one in [`TOGETHER`] looks for a connection.
    fn send_enough(&mut self) {
        while self.going * TOGETHER < self.waiting.len() {
            let Some(entry) = self.waiting.iter_mut().find(|entry| !entry.goes) else { return };
            entry.goes = true;
            entry.waiting.tell(News::Go);
            self.going += 1;
        }
    }
}
