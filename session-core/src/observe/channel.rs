use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
    mpsc::{Receiver, SyncSender, sync_channel},
};

use super::Event;

/// Makes the two ends of a queue for at most `capacity` events.
///
/// A request puts its events in and never waits: what finds no room, or nobody who listens any more, is
/// [counted](Events::missed) and dropped. So whatever the other end does, fail or hang, no request feels it. Whoever
/// floods the application with worthless cookies does not crowd out what matters: rejections take at most half the room.
#[must_use]
pub fn observer(capacity: usize) -> (Observer, Events) {
    let (sender, receiver) = sync_channel(capacity);
    let counts = Arc::new(Counts { most_rejections: capacity / 2, ..Counts::default() });
    (Observer { sender, counts: Arc::clone(&counts) }, Events { receiver, counts })
}

/// Where sessions put their events; given to [`Context::observed`](crate::Context::observed).
#[derive(Debug, Clone)]
pub struct Observer {
    sender: SyncSender<Event>,
    counts: Arc<Counts>,
}

/// The events, in the order in which they came: an iterator that waits for the next one, and ends when there is no
/// observer any more. It blocks, so it wants a thread of its own; [`try_next`](Self::try_next) does not.
#[derive(Debug)]
pub struct Events {
    receiver: Receiver<Event>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    missed: AtomicU64,
    most_rejections: usize,
    /// How many rejections are in the queue.
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
    /// How many events were dropped so far.
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
