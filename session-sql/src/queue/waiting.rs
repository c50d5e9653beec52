use std::{
    mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

/// An operation that waits in the queue, or in the batch of another one.
#[derive(Debug)]
pub(crate) struct Waiting<R, A> {
    pub(crate) request: R,
    state: Mutex<State<A>>,
    may_be_applied: AtomicBool,
}

#[derive(Debug)]
struct State<A> {
    news: News<A>,
    waker: Option<Waker>,
}

/// What there is to tell an operation that waits.
#[derive(Debug)]
pub(crate) enum News<A> {
    /// Nothing yet.
    None,
    /// It must look for a connection: for itself, and for those that wait with it.
    Go,
    /// Another one asks for it as well, so it must not ask itself.
    Travels,
    /// Another one has asked for it as well.
    Answer(A),
}

impl<R, A> Waiting<R, A> {
    pub(super) const fn new(request: R) -> Self {
        let state = Mutex::new(State { news: News::None, waker: None });
        Self { request, state, may_be_applied: AtomicBool::new(false) }
    }

    /// Tells it, and wakes it.
    pub(super) fn tell(&self, news: News<A>) {
        let mut state = self.state();
        state.news = news;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Another one begins to ask for it. It needs not know before it would ask itself.
    pub(super) fn set_off(&self) {
        self.state().news = News::Travels;
    }

    /// Waits for news. That it must go stays so.
    pub(crate) fn poll(&self, context: &Context<'_>) -> Poll<Option<A>> {
        let mut state = self.state();
        match mem::replace(&mut state.news, News::Go) {
            News::Answer(answer) => Poll::Ready(Some(answer)),
            news => {
                let goes = matches!(news, News::Go);
                state.news = news;
                state.waker = Some(context.waker().clone());
                if goes { Poll::Ready(None) } else { Poll::Pending }
            }
        }
    }

    /// Whether another one asks for it just now.
    pub(crate) fn travels(&self) -> bool {
        matches!(self.state().news, News::Travels)
    }

    /// Whether it may have taken effect although it was not answered.
    pub(crate) fn may_be_applied(&self) -> bool {
        self.may_be_applied.load(Ordering::Relaxed)
    }

    pub(super) fn set_may_be_applied(&self, may_be_applied: bool) {
        self.may_be_applied.store(may_be_applied, Ordering::Relaxed);
    }

    fn state(&self) -> MutexGuard<'_, State<A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
