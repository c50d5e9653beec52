use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering},
    mpsc::{Receiver, SyncSender, sync_channel},
};

use super::Event;

/// Makes the two ends of a queue for at most `capacity` events, and half as many rejections beside them.
///
/// A request never waits when it adds an event. An event that finds no room, or no receiver any more, is dropped and
/// [counted](Events::missed). A receiver that fails or hangs therefore does not affect requests. Rejections have room of their
/// own, so that a flood of invalid cookies does not displace other events. There is room for one of each at least.
#[must_use]
pub fn observer(capacity: usize) -> (Observer, Events) {
    let most = [capacity.max(1), (capacity / 2).max(1)];
    let (sender, receiver) = sync_channel(most.iter().sum());
    let counts = Arc::new(Counts { most, ..Counts::default() });
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

/// Both pairs are of other events and of rejections.
#[derive(Debug, Default)]
struct Counts {
    missed: AtomicU64,
    most: [usize; 2],
    /// The number of events in the queue.
    waiting: [AtomicUsize; 2],
}

impl Observer {
    pub(crate) fn tell(&self, event: Event) {
        let (waiting, most) = self.counts.of(&event);
        if waiting.fetch_add(1, Ordering::Relaxed) >= most || self.sender.try_send(event).is_err() {
            waiting.fetch_sub(1, Ordering::Relaxed);
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
    /// How many events of its sort are waiting, and how many may.
    const fn of(&self, event: &Event) -> (&AtomicUsize, usize) {
        let ([others, rejections], [most, most_rejections]) = (&self.waiting, self.most);
        if event.is_rejection() { (rejections, most_rejections) } else { (others, most) }
    }

    fn heard(&self, event: &Event) {
        self.of(event).0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.receiver.recv().ok().inspect(|event| self.counts.heard(event))
    }
}
