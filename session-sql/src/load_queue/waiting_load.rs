use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use session_core::{id::StoreKey, store::Stored};

/// A load that waits in the queue, or in the batch of another load.
#[derive(Debug)]
pub(crate) struct WaitingLoad {
    pub(crate) key: StoreKey,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    news: News,
    waker: Option<Waker>,
}

/// What there is to tell a load that waits.
#[derive(Debug)]
pub(crate) enum News {
    /// Nothing yet.
    None,
    /// It must look for a connection: for itself, and for those that wait with it.
    Go,
    /// Another load has asked for it as well.
    Found(Option<Stored>),
}

impl WaitingLoad {
    pub(super) const fn new(key: StoreKey) -> Self {
        Self { key, state: Mutex::new(State { news: News::None, waker: None }) }
    }

    /// Tells it, and wakes it.
    pub(super) fn tell(&self, news: News) {
        let mut state = self.state();
        state.news = news;
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits for news. That it must go stays so.
    pub(crate) fn poll(&self, context: &Context<'_>) -> Poll<Option<Option<Stored>>> {
        let mut state = self.state();
        match &mut state.news {
            News::Found(stored) => Poll::Ready(Some(stored.take())),
            news => {
                let goes = matches!(news, News::Go);
                state.waker = Some(context.waker().clone());
                if goes { Poll::Ready(None) } else { Poll::Pending }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
