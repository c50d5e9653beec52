use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
    mpsc::{Receiver, SyncSender, sync_channel},
};

use super::Event;

/// Makes the two ends of a queue for at most `capacity` events.
///
/// A request never waits when it adds an event. An event that finds no room, or no receiver any more, is dropped and
/// [counted](Events::missed). A receiver that fails or hangs therefore does not affect requests. Rejections take at most half
/// of the room, so that a flood of invalid cookies does not displace other events.
#[must_use]
pub fn observer(capacity: usize) -> (Observer, Events) {
    let (sender, receiver) = sync_channel(capacity);
    let counts = Arc::new(Counts { most_rejections: capacity / 2, ..Counts::default() });
    (Observer { sender, counts: Arc::clone(&counts) }, Events { receiver, counts })
}

/// The sender of the events. Give it to [`Context::observed`](crate::Context::observed).
#[derive(Debug, Clone)]
pub struct Observer {
    sender: SyncSender<Event>,
    counts: Arc<Counts>,
}

/// The receiver of the events, in their order. The iterator waits for the next event and ends when the last observer is
/// dropped. It blocks, so it needs a thread of its own; [`try_next`](Self::try_next) does not block.
#[derive(Debug)]
pub struct Events {
    receiver: Receiver<Event>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    missed: AtomicU64,
    most_rejections: usize,
    /// The number of rejections in the queue.
    rejections: AtomicUsize,
}

impl Observer {
    pub(crate) fn tell(&self, event: Event) {
        let is_rejection = event.is_rejection();
        if is_rejection
            && self.counts.rejections.fetch_add(1, Ordering::Relaxed) >= self.counts.most_rejections
        {
            self.counts.rejections.fetch_sub(1, Ordering::Relaxed);
            self.counts.missed.fetch_add(1, Ordering::Relaxed);
        } else if self.sender.try_send(event).is_err() {
            self.counts.rejections.fetch_sub(usize::from(is_rejection), Ordering::Relaxed);
            self.counts.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Events {
    /// The number of events that were dropped so far.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.counts.missed.load(Ordering::Relaxed)
    }

    /// The next event, if one is waiting.
    pub fn try_next(&mut self) -> Option<Event> {
        self.receiver.try_recv().ok().inspect(|event| self.counts.heard(event))
    }
}

impl Counts {
    fn heard(&self, event: &Event) {
        self.rejections.fetch_sub(usize::from(event.is_rejection()), Ordering::Relaxed);
    }
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.receiver.recv().ok().inspect(|event| self.counts.heard(event))
    }
}
