//! The blocking driver.

use std::sync::Arc;

use crate::{
    Context, Session, SessionConfig, SessionError, Timestamp, ValueError, Visit,
    exchange::{self, Exchange, Settled, Step, begin, finish},
    id::SessionHandle,
    session::{SessionInfo, SessionPage},
    store::{BlockingStore, Page},
};

/// The sessions of an application, over a blocking store: for programs without a runtime.
#[derive(Debug)]
pub struct Sessions<S> {
    store: Arc<S>,
    context: Arc<Context>,
}

impl<S: BlockingStore> Sessions<S> {
    /// The sessions in this store under this configuration.
    #[must_use]
    pub fn new(store: S, config: SessionConfig) -> Self {
        Self::with_context(store, Context::new(config))
    }

    /// The same with a context of its own, such as one with another source of entropy.
    #[must_use]
    pub fn with_context(store: S, context: Arc<Context>) -> Self {
        Self { store: Arc::new(store), context }
    }

    /// Opens the session of a request, or a fresh one: at most one load for each cookie that could be an id, and
    /// none where there is no such cookie.
    ///
    /// # Errors
    /// [`SessionError`] when the store fails or holds what cannot be read; never an empty session instead.
    pub fn open(&self, visit: &Visit<'_>, now: Timestamp) -> Result<Session, SessionError> {
        drive(&*self.store, begin(&self.context, visit, now))
    }

    /// Saves what was changed and says what the response must tell the browser.
    ///
    /// May be called more than once in a request. If the outcome of a failed save is unknown, the next save finds out
    /// first.
    ///
    /// # Errors
    /// [`SessionError`] when the change could not be stored.
    pub fn save(&self, session: &Session, now: Timestamp) -> Result<Settled, SessionError> {
        drive(&*self.store, finish(session, now)?)
    }

    /// Uses a one-time token up, in the store: of any number of concurrent requests exactly one gets `true`. Saves
    /// the session's other changes with it.
    ///
    /// # Errors
    /// [`SessionError`] when the session could not be saved; the token may then be used up.
    pub fn consume(
        &self,
        session: &Session,
        name: &str,
        text: &str,
        now: Timestamp,
    ) -> Result<bool, SessionError> {
        let claimed = match session.tokens().claim(name, text) {
            Ok(()) => self.save(session, now).map(drop),
            Err(error) => Err(error.into()),
        };
        match claimed {
            Ok(()) => Ok(true),
            Err(SessionError::Value(ValueError::TokenSpent)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Configuration and source of entropy.
    #[must_use]
    pub const fn context(&self) -> &Arc<Context> {
        &self.context
    }
}

/// All sessions of an owner. An owner has the name that was given to [`Session::login`].
impl<S: BlockingStore> Sessions<S> {
    /// The live sessions of the owner, newest first; see [`SessionInfo`]. All of them come at once: an application whose
    /// owners may have thousands wants a [limit](crate::config::Settings::max_sessions), or [`page`](Self::page).
    ///
    /// # Errors
    /// [`SessionError`] when that is no name of an owner, the store fails, or a record cannot be read. A list that
    /// leaves one out might leave out the thief's.
    pub fn of(&self, owner: &str, now: Timestamp) -> Result<Vec<SessionInfo>, SessionError> {
        let (mut all, mut page) = (Vec::new(), Page::default());
        loop {
            let part = self.page(owner, page, now)?;
            all.extend(part.sessions);
            if part.next.is_none() {
                return Ok(all);
            }
            page.after = part.next;
        }
    }

    /// A part of the live sessions of the owner, newest first, for owners that may have thousands; see [`SessionInfo`]. A
    /// session that is rotated between two parts may be in both, under two handles.
    ///
    /// # Errors
    /// As for [`of`](Self::of).
    pub fn page(&self, owner: &str, page: Page, now: Timestamp) -> Result<SessionPage, SessionError> {
        drive(&*self.store, Step::Ask(exchange::list(&self.context, owner, page, now)?))
    }

    /// Ends one session of the owner, also while requests use it: what they still save is refused. Answers whether there
    /// was one; the handle of another owner's session, or of one that has ended, has no effect.
    ///
    /// # Errors
    /// [`SessionError`] when that is no name of an owner, or the store fails.
    pub fn end(&self, owner: &str, handle: SessionHandle) -> Result<bool, SessionError> {
        drive(&*self.store, Step::Ask(exchange::end(&self.context, owner, handle)?))
    }

    /// Saves the session and ends all others of its owner, such as when the password was changed. Answers how many there
    /// were; after a lost answer of the store it may be fewer. If another request gives this session a new id for its age
    /// at the same moment, it ends too.
    ///
    /// # Errors
    /// [`SessionError`] when nobody is signed in, the session could not be saved, or the store fails.
    pub fn end_others(&self, session: &Session, now: Timestamp) -> Result<u64, SessionError> {
        self.save(session, now)?;
        drive(&*self.store, Step::Ask(exchange::end_others(session)?))
    }

    /// Ends all sessions of the owner, such as when the account is closed. None that exists now can be opened, written or
    /// rotated afterwards, whatever is in flight; a sign-in after it begins a new one. Answers how many there were; after
    /// a lost answer of the store it may be fewer.
    ///
    /// # Errors
    /// [`SessionError`] when that is no name of an owner, or the store fails.
    pub fn end_all(&self, owner: &str) -> Result<u64, SessionError> {
        drive(&*self.store, Step::Ask(exchange::end_all(&self.context, owner)?))
    }
}

impl<S> Clone for Sessions<S> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store), context: Arc::clone(&self.context) }
    }
}

fn drive<S: BlockingStore, E: Exchange>(
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
