use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// The turns of a request, of which one is taken at a time. Unlike a mutex of tokio it costs nearly nothing where nobody waits, and
/// is not fair where several do.
pub(super) struct Turns {
    is_taken: AtomicBool,
    freed: Notify,
}

impl Turns {
    pub(super) const fn new() -> Self {
        Self { is_taken: AtomicBool::new(false), freed: Notify::const_new() }
    }

    /// Takes the turn. `None` if another has it.
    pub(super) fn try_take(&self) -> Option<Turn<'_>> {
        (!self.is_taken.swap(true, Ordering::Acquire)).then(|| Turn { turns: self })
    }

    /// Waits for the turn and takes it.
    pub(super) async fn take(&self) -> Turn<'_> {
        loop {
            match self.try_take() {
                Some(turn) => return turn,
                // It is kept for whoever waits next if the turn was freed in between.
                None => self.freed.notified().await,
            }
        }
    }
}

/// A turn that is taken, until it is dropped.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.is_taken.store(false, Ordering::Release);
        self.turns.freed.notify_one();
    }
}
