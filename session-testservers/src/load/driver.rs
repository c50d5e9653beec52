use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Poll, Waker},
    thread,
    time::SystemTime,
};

use session_core::{
    Context, OpenSession, SessionError, Sessions, Timestamp, Visit, blocking,
    exchange::Settled,
    session::SessionInfo,
    store::{AnyStore, BlockingStore},
};
use tokio::runtime::Handle;

use super::browser::Browser;

/// The driver over a store, for the API of the store.
pub(super) enum Driver {
    Nonblocking(Sessions<AnyStore>, Handle),
    Blocking(blocking::Sessions<Box<dyn BlockingStore>>),
}

impl Driver {
    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        match self {
            Self::Nonblocking(_, runtime) => runtime.block_on(future),
            Self::Blocking(_) => without_runtime(future),
        }
    }

    pub(super) async fn open(&self, browser: &Browser, now: Timestamp) -> Result<OpenSession, SessionError> {
        let visit = Visit::new().cookie(browser.header());
        match self {
            Self::Nonblocking(sessions, _) => sessions.open(&visit, now).await,
            Self::Blocking(sessions) => sessions.open(&visit, now),
        }
    }

    pub(super) async fn save(&self, session: &OpenSession, now: Timestamp) -> Result<Settled, SessionError> {
        match self {
            Self::Nonblocking(sessions, _) => sessions.save(session, now).await,
            Self::Blocking(sessions) => sessions.save(session, now),
        }
    }

    pub(super) async fn of(&self, owner: &str, now: Timestamp) -> Result<Vec<SessionInfo>, SessionError> {
        match self {
            Self::Nonblocking(sessions, _) => sessions.of(owner, now).await,
            Self::Blocking(sessions) => sessions.of(owner, now),
        }
    }

    pub(super) async fn end_all(&self, owner: &str) -> Result<u64, SessionError> {
        match self {
            Self::Nonblocking(sessions, _) => sessions.end_all(owner).await,
            Self::Blocking(sessions) => sessions.end_all(owner),
        }
    }

    pub(super) fn context(&self) -> &Arc<Context> {
        match self {
            Self::Nonblocking(sessions, _) => sessions.context(),
            Self::Blocking(sessions) => sessions.context(),
        }
    }
}

/// Runs a future that makes only blocking calls and is therefore ready at once.
fn without_runtime<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut std::task::Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::yield_now(),
        }
    }
}

pub(super) fn now() -> Timestamp {
    SystemTime::now().into()
}
