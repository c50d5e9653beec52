//! The blocking driver. [`crate::Sessions`] documents the methods.

use std::{fmt::Display, sync::Arc};

use crate::{
    Context, OpenSession, SessionConfig, SessionError, Timestamp, Visit,
    driver::stored,
    exchange::{self, Exchange, Liveness, Settled, Step, begin, finish},
    id::SessionHandle,
    session::{SessionInfo, SessionPage},
    store::{BlockingStore, Page},
};

/// The sessions of an application, over a blocking store: for programs without a runtime.
///
/// It has the methods of [`crate::Sessions`], which documents them.
#[derive(Debug)]
pub struct Sessions<S> {
    store: Arc<S>,
    context: Arc<Context>,
}

#[allow(clippy::missing_errors_doc, reason = "said once, at the asynchronous `Sessions`")]
impl<S: BlockingStore> Sessions<S> {
    /// See [`Sessions::new`](crate::Sessions::new).
    #[must_use]
    pub fn new(store: S, config: SessionConfig) -> Self {
        Self::with_context(store, Context::new(config))
    }

    /// See [`Sessions::with_context`](crate::Sessions::with_context).
    #[must_use]
    pub fn with_context(store: S, context: Arc<Context>) -> Self {
        Self { store: Arc::new(store), context }
    }

    /// See [`Sessions::open`](crate::Sessions::open).
    pub fn open(&self, visit: &Visit<'_>, now: Timestamp) -> Result<OpenSession, SessionError> {
        drive(&*self.store, begin(&self.context, visit, now))
    }

    /// See [`Sessions::save`](crate::Sessions::save).
    pub fn save(&self, session: &OpenSession, now: Timestamp) -> Result<Settled, SessionError> {
        drive(&*self.store, finish(session, now)?)
    }

    /// See [`Sessions::consume`](crate::Sessions::consume).
    pub fn consume(
        &self,
        session: &OpenSession,
        name: impl AsRef<str>,
        text: &str,
        now: Timestamp,
    ) -> Result<bool, SessionError> {
        let claimed = session.tokens().claim(name, text);
        match claimed.and_then(|()| self.save(session, now)).and_then(stored) {
            Ok(()) => Ok(true),
            Err(SessionError::TokenSpent) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// See [`Sessions::refresh`](crate::Sessions::refresh).
    pub fn refresh(&self, session: &OpenSession, now: Timestamp) -> Result<Liveness, SessionError> {
        drive(&*self.store, exchange::refresh(session, now, true)?)
    }

    /// See [`Sessions::check`](crate::Sessions::check).
    pub fn check(&self, session: &OpenSession, now: Timestamp) -> Result<Liveness, SessionError> {
        drive(&*self.store, exchange::refresh(session, now, false)?)
    }

    /// See [`Sessions::forget`](crate::Sessions::forget).
    pub fn forget(&self, visit: &Visit<'_>, now: Timestamp) -> Result<u64, SessionError> {
        drive(&*self.store, exchange::forget(&self.context, visit, now))
    }

    /// See [`Sessions::store`](crate::Sessions::store).
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// See [`Sessions::context`](crate::Sessions::context).
    #[must_use]
    pub const fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// See [`Sessions::of`](crate::Sessions::of).
    pub fn of(&self, owner: impl Display, now: Timestamp) -> Result<Vec<SessionInfo>, SessionError> {
        let (owner, mut all, mut page) = (owner.to_string(), Vec::new(), Page::default());
        loop {
            let part = self.page(&owner, page, now)?;
            all.extend(part.sessions);
            if part.next.is_none() {
                return Ok(all);
            }
            page.after = part.next;
        }
    }

    /// See [`Sessions::page`](crate::Sessions::page).
    pub fn page(&self, owner: impl Display, page: Page, now: Timestamp) -> Result<SessionPage, SessionError> {
        drive(&*self.store, Step::Ask(exchange::list(&self.context, &owner.to_string(), page, now)?))
    }

    /// See [`Sessions::end`](crate::Sessions::end).
    pub fn end(&self, owner: impl Display, handle: SessionHandle) -> Result<bool, SessionError> {
        drive(&*self.store, Step::Ask(exchange::end(&self.context, &owner.to_string(), handle)?))
    }

    /// See [`Sessions::end_others`](crate::Sessions::end_others).
    pub fn end_others(&self, session: &OpenSession, now: Timestamp) -> Result<u64, SessionError> {
        stored(self.save(session, now)?)?;
        drive(&*self.store, Step::Ask(exchange::end_others(session)?))
    }

    /// See [`Sessions::end_all`](crate::Sessions::end_all).
    pub fn end_all(&self, owner: impl Display) -> Result<u64, SessionError> {
        drive(&*self.store, Step::Ask(exchange::end_all(&self.context, &owner.to_string())?))
    }
}

impl<S> Clone for Sessions<S> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store), context: Arc::clone(&self.context) }
    }
}

pub(super) fn drive<S: BlockingStore + ?Sized, E: Exchange>(
    store: &S,
    mut step: Step<E, E::Output>,
) -> Result<E::Output, SessionError> {
    loop {
        match step {
            Step::Done(output) => return Ok(output),
            Step::Ask(exchange) => {
                let answer = store.perform(exchange.call());
                step = exchange.answer(answer)?;
            }
        }
    }
}
