use std::{
    collections::VecDeque,
    fmt, mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use super::Event;

/// The events that wait to be received. A lock is held for a few instructions only, and never while somebody is woken.
pub(super) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    events: VecDeque<Event>,
    rejections: Room,
    others: Room,
    missed: u64,
    /// The number of observers.
    observers: usize,
    is_abandoned: bool,
    waker: Option<Waker>,
}

/// How many events of one sort may wait, and how many do.
#[derive(Default)]
struct Room {
    most: usize,
    waiting: usize,
}

impl Queue {
    /// A queue with one observer, and with room for this many rejections and other events.
    pub(super) fn new(rejections: usize, others: usize) -> Self {
        let [rejections, others] = [rejections, others].map(|most| Room { most, waiting: 0 });
        let state = State { rejections, others, observers: 1, ..State::default() };
        Self { state: Mutex::new(state), arrived: Condvar::new() }
    }

    pub(super) fn push(&self, event: Event) {
        self.change(|state| {
            let is_abandoned = state.is_abandoned;
            let room = state.room_for(&event);
            if is_abandoned || room.waiting >= room.most {
                state.missed += 1;
                return false;
            }
            room.waiting += 1;
            state.events.push_back(event);
            true
        });
    }

    pub(super) fn add_observer(&self) {
        self.lock().observers += 1;
    }

    pub(super) fn remove_observer(&self) {
        self.change(|state| {
            state.observers -= 1;
            state.observers == 0
        });
    }

    /// The receiver is gone.
    pub(super) fn abandon(&self) {
        let mut state = self.lock();
        state.is_abandoned = true;
        let unheard = (mem::take(&mut state.events), state.waker.take());
        drop(state);
        drop(unheard);
    }

    pub(super) fn missed(&self) -> u64 {
        self.lock().missed
    }

    pub(super) fn try_pop(&self) -> Option<Event> {
        self.lock().pop()
    }

    /// The next event, or `None` if there is none and no observer is left.
    pub(super) fn poll_pop(&self, cx: &Context<'_>) -> Poll<Option<Event>> {
        let waker = cx.waker().clone();
        let mut state = self.lock();
        let event = state.pop();
        if event.is_some() || state.observers == 0 {
            return Poll::Ready(event);
        }
        let before = state.waker.replace(waker);
        drop(state);
        drop(before);
        Poll::Pending
    }

    /// Like [`poll_pop`](Self::poll_pop), but blocks until there is an event or no observer is left.
    pub(super) fn wait_and_pop(&self) -> Option<Event> {
        let is_empty = |state: &mut State| state.events.is_empty() && state.observers > 0;
        let state = self.arrived.wait_while(self.lock(), is_empty);
        state.unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Changes the state, and wakes the receiver if there is something for it.
    fn change(&self, change: impl FnOnce(&mut State) -> bool) {
        let mut state = self.lock();
        if !change(&mut state) {
            return;
        }
        let waker = state.waker.take();
        drop(state);
        self.arrived.notify_one();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn pop(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        self.room_for(&event).waiting -= 1;
        Some(event)
    }

    const fn room_for(&mut self, event: &Event) -> &mut Room {
        if event.is_rejection() { &mut self.rejections } else { &mut self.others }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("waiting", &self.lock().events.len()).finish_non_exhaustive()
    }
}
