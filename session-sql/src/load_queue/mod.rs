//! The loads that wait for a connection. Whoever gets one asks for the others as well, in one statement.
//!
//! One load in [`MOST`] of them looks for a connection, and the others wait for its answer. So none is served later than it would
//! have been alone, and nobody depends on another one that is not polled any more: after [`LOOK_AGAIN`](crate::retry::LOOK_AGAIN)
//! each looks for a connection itself.

mod batch;
#[cfg(test)]
mod tests;
mod waiting_load;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use session_core::id::StoreKey;

pub(crate) use batch::{Batch, under};
use waiting_load::News;
pub(crate) use waiting_load::WaitingLoad;

/// The most loads that travel together.
pub(crate) const MOST: usize = 16;

/// The loads that wait for a connection, the first to come in front.
#[derive(Debug, Default)]
pub(crate) struct LoadQueue(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Entry>,
    /// How many of them look for a connection.
    going: usize,
}

#[derive(Debug)]
struct Entry {
    load: Arc<WaitingLoad>,
    goes: bool,
}

impl LoadQueue {
    /// Takes in a load that has found no connection.
    pub(crate) fn join(&self, key: StoreKey) -> Arc<WaitingLoad> {
        let load = Arc::new(WaitingLoad::new(key));
        let mut state = self.state();
        state.waiting.push_back(Entry { load: Arc::clone(&load), goes: false });
        state.send_enough();
        load
    }

    /// Takes out a load that waits no more, and sends another in its place.
    pub(crate) fn leave(&self, load: &Arc<WaitingLoad>) {
        let mut state = self.state();
        state.remove(load);
        state.send_enough();
    }

    /// Takes out those that travel with a load that has got a connection, and that load.
    pub(crate) fn board(&self, load: Option<&Arc<WaitingLoad>>) -> Batch {
        let mut state = self.state();
        if state.waiting.is_empty() {
            return Batch::default();
        }
        if let Some(load) = load {
            state.remove(load);
        }
        let count = state.waiting.len().min(MOST - 1);
        let batch: Vec<_> = state.waiting.drain(..count).collect();
        state.going -= batch.iter().filter(|entry| entry.goes).count();
        state.send_enough();
        drop(state);
        Batch::new(batch.into_iter().map(|entry| entry.load).collect())
    }

    /// Forgets all: in a fork, nobody of the parent waits here.
    pub(crate) fn clear(&self) {
        *self.state() = State::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove(&mut self, load: &Arc<WaitingLoad>) {
        let place = self.waiting.iter().position(|entry| Arc::ptr_eq(&entry.load, load));
        if let Some(entry) = place.and_then(|place| self.waiting.remove(place)) {
            self.going -= usize::from(entry.goes);
        }
    }

    /// Sends the first of those that only wait, until one in [`MOST`] looks for a connection.
    fn send_enough(&mut self) {
        while self.going * MOST < self.waiting.len() {
            let Some(entry) = self.waiting.iter_mut().find(|entry| !entry.goes) else { return };
            entry.goes = true;
            entry.load.tell(News::Go);
            self.going += 1;
        }
    }
}
