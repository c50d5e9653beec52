use std::pin::Pin;

use session_core::{
    SessionConfig, SessionError, Sessions, Timestamp, Visit, exchange::Settled, store::Store,
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
}
