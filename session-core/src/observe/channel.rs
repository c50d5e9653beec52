use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll},
};

use super::{Event, queue::Queue};

/// Makes the two ends of a queue for at most `capacity` events, and half as many rejections beside them.
///
/// A request never waits when it adds an event. An event that finds no room, or no receiver any more, is dropped and
/// [counted](Events::missed). A receiver that fails or hangs therefore does not affect requests. Rejections have room of their
/// own, so that a flood of invalid cookies does not displace other events. There is room for one of each at least.
#[must_use]
pub fn observer(capacity: usize) -> (Observer, Events) {
    let queue = Arc::new(Queue::new((capacity / 2).max(1), capacity.max(1)));
    (Observer { queue: Arc::clone(&queue) }, Events { queue })
}

/// The sender of the events. Give it to [`Context::observed`](crate::Context::observed).
#[derive(Debug)]
pub struct Observer {
    queue: Arc<Queue>,
}

/// The receiver of the events, in their order: `while let Some(event) = events.next().await` in asynchronous code, in any
/// runtime, and `for event in events` on a thread of its own. Both end when the last observer is dropped.
#[derive(Debug)]
pub struct Events {
    queue: Arc<Queue>,
}

impl Observer {
    pub(crate) fn tell(&self, event: Event) {
        self.queue.push(event);
    }
}

impl Events {
    /// The next event, as soon as there is one. `None` when the last observer has been dropped.
    ///
    /// A call that is dropped, as in a `select!`, loses no event.
    pub async fn next(&mut self) -> Option<Event> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Like [`next`](Self::next), for a future or a stream that is written by hand. The stream is
    /// `futures_util::stream::poll_fn(move |cx| events.poll_next(cx))`.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.queue.poll_pop(cx)
    }

    /// Like [`next`](Self::next), but blocks the thread.
    pub fn blocking_next(&mut self) -> Option<Event> {
        self.queue.wait_and_pop()
    }

    /// The next event, if one is waiting.
    pub fn try_next(&mut self) -> Option<Event> {
        self.queue.try_pop()
    }

    /// The number of events that were dropped so far.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.queue.missed()
    }
}

/// Blocks the thread for each event, until the last observer is dropped.
impl IntoIterator for Events {
    type Item = Event;
    type IntoIter = BlockingEvents;

    fn into_iter(self) -> BlockingEvents {
        BlockingEvents { events: self }
    }
}

/// The iterator over [`Events`], for a thread of its own.
#[derive(Debug)]
pub struct BlockingEvents {
    events: Events,
}

impl Iterator for BlockingEvents {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.events.blocking_next()
    }
}

impl Clone for Observer {
    fn clone(&self) -> Self {
        self.queue.add_observer();
        Self { queue: Arc::clone(&self.queue) }
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.queue.remove_observer();
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.queue.abandon();
    }
}
