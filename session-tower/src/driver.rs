use std::pin::Pin;

use session_core::{
    SessionConfig, SessionError, Sessions, Timestamp, Visit,
    exchange::Settled,
    id::SessionHandle,
    session::{SessionInfo, SessionPage},
    store::{Page, Store},
};

pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, SessionError>> + Send + 'a>>;

/// The sessions of an application without the type of their store, so that no handler names it.
pub(crate) trait Driver: Send + Sync {
    fn config(&self) -> &SessionConfig;

    fn open<'a>(&'a self, visit: &'a Visit<'a>, now: Timestamp) -> Pending<'a, session_core::Session>;

    fn save<'a>(&'a self, session: &'a session_core::Session, now: Timestamp) -> Pending<'a, Settled>;

    fn consume<'a>(
        &'a self,
        session: &'a session_core::Session,
        name: &'a str,
        text: &'a str,
        now: Timestamp,
    ) -> Pending<'a, bool>;

    fn of<'a>(&'a self, owner: &'a str, now: Timestamp) -> Pending<'a, Vec<SessionInfo>>;

    fn page<'a>(&'a self, owner: &'a str, page: Page, now: Timestamp) -> Pending<'a, SessionPage>;

    fn end<'a>(&'a self, owner: &'a str, handle: SessionHandle) -> Pending<'a, bool>;

    fn end_others<'a>(&'a self, session: &'a session_core::Session, now: Timestamp) -> Pending<'a, u64>;

    fn end_all<'a>(&'a self, owner: &'a str) -> Pending<'a, u64>;
}

impl<S: Store> Driver for Sessions<S> {
    fn config(&self) -> &SessionConfig {
        self.context().config()
    }

    fn open<'a>(&'a self, visit: &'a Visit<'a>, now: Timestamp) -> Pending<'a, session_core::Session> {
        Box::pin(self.open(visit, now))
    }

    fn save<'a>(&'a self, session: &'a session_core::Session, now: Timestamp) -> Pending<'a, Settled> {
        Box::pin(self.save(session, now))
    }

    fn consume<'a>(
        &'a self,
        session: &'a session_core::Session,
        name: &'a str,
        text: &'a str,
        now: Timestamp,
    ) -> Pending<'a, bool> {
        Box::pin(self.consume(session, name, text, now))
    }

    fn of<'a>(&'a self, owner: &'a str, now: Timestamp) -> Pending<'a, Vec<SessionInfo>> {
        Box::pin(self.of(owner, now))
    }

    fn page<'a>(&'a self, owner: &'a str, page: Page, now: Timestamp) -> Pending<'a, SessionPage> {
        Box::pin(self.page(owner, page, now))
    }

    fn end<'a>(&'a self, owner: &'a str, handle: SessionHandle) -> Pending<'a, bool> {
        Box::pin(self.end(owner, handle))
    }

    fn end_others<'a>(&'a self, session: &'a session_core::Session, now: Timestamp) -> Pending<'a, u64> {
        Box::pin(self.end_others(session, now))
    }

    fn end_all<'a>(&'a self, owner: &'a str) -> Pending<'a, u64> {
        Box::pin(self.end_all(owner))
    }
}
