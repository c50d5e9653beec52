use std::{sync::Arc, time::SystemTime};

use session_core::{
    Context, Session, SessionError, Sessions, Timestamp, Visit, blocking,
    exchange::Settled,
    session::SessionInfo,
    store::{AnyStore, BlockingStore},
};

use crate::scenarios::Browser;

/// The sessions over a store, by the driver of its face.
pub(super) enum Driver {
    Nonblocking(Sessions<AnyStore>),
    Blocking(blocking::Sessions<Box<dyn BlockingStore>>),
}

impl Driver {
    pub(super) async fn open(&self, browser: &Browser, now: Timestamp) -> Result<Session, SessionError> {
        let visit = Visit::new().cookie(browser.header());
        match self {
            Self::Nonblocking(sessions) => sessions.open(&visit, now).await,
            Self::Blocking(sessions) => sessions.open(&visit, now),
        }
    }

    pub(super) async fn save(&self, session: &Session, now: Timestamp) -> Result<Settled, SessionError> {
        match self {
            Self::Nonblocking(sessions) => sessions.save(session, now).await,
            Self::Blocking(sessions) => sessions.save(session, now),
        }
    }

    pub(super) async fn of(&self, owner: &str, now: Timestamp) -> Result<Vec<SessionInfo>, SessionError> {
        match self {
            Self::Nonblocking(sessions) => sessions.of(owner, now).await,
            Self::Blocking(sessions) => sessions.of(owner, now),
        }
    }

    pub(super) async fn end_all(&self, owner: &str) -> Result<u64, SessionError> {
        match self {
            Self::Nonblocking(sessions) => sessions.end_all(owner).await,
            Self::Blocking(sessions) => sessions.end_all(owner),
        }
    }

    pub(super) fn context(&self) -> &Arc<Context> {
        match self {
            Self::Nonblocking(sessions) => sessions.context(),
            Self::Blocking(sessions) => sessions.context(),
        }
    }
}

pub(super) fn now() -> Timestamp {
    SystemTime::now().into()
}
