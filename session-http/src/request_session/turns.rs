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

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    #[test]
    fn whoever_waits_gets_the_turn_also_after_another_has_given_up_waiting() {
        let mut cx = Context::from_waker(Waker::noop());
        let turns = Turns::new();
        drop(turns.try_take());
        let turn = turns.try_take().unwrap();
        assert!(turns.try_take().is_none());
        let mut waits = pin!(turns.take());
        {
            let mut gives_up = Box::pin(turns.take());
            assert!(gives_up.as_mut().poll(&mut cx).is_pending());
            assert!(waits.as_mut().poll(&mut cx).is_pending());
            drop(turn);
        }
        let Poll::Ready(turn) = waits.as_mut().poll(&mut cx) else { panic!("nobody has the turn") };
        assert!(turns.try_take().is_none());
        drop(turn);
        assert!(turns.try_take().is_some());
    }
}
