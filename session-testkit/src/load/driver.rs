use std::{sync::Arc, time::SystemTime};

use session_core::{
    Context, Session, SessionError, Sessions, Timestamp, Visit, blocking,
    exchange::Settled,
    store::{AnyStore, BlockingStore},
};

use crate::scenarios::Browser;

/// The sessions over a store, by the driver of its face.
pub(super) enum Driver {
    Nonblocking(Sessions<AnyStore>),
    Blocking(blocking::Sessions<Box<dyn BlockingStore>>),
}

impl Driver {
    pub(super) async fn open(&self, browser: &Browser) -> Result<Session, SessionError> {
        let visit = Visit::new().cookie(browser.header());
        match self {
            Self::Nonblocking(sessions) => sessions.open(&visit, now()).await,
            Self::Blocking(sessions) => sessions.open(&visit, now()),
        }
    }

    pub(super) async fn save(&self, session: &Session) -> Result<Settled, SessionError> {
        match self {
            Self::Nonblocking(sessions) => sessions.save(session, now()).await,
            Self::Blocking(sessions) => sessions.save(session, now()),
        }
    }

    pub(super) fn context(&self) -> &Arc<Context> {
        match self {
            Self::Nonblocking(sessions) => sessions.context(),
            Self::Blocking(sessions) => sessions.context(),
        }
    }
}

fn now() -> Timestamp {
    SystemTime::now().into()
}
