use std::{fmt::Display, sync::Arc};

use crate::{
    Context, OpenSession, SessionConfig, SessionError, Timestamp, Visit,
    driver::{blocking, stored},
    exchange::{self, Exchange, Liveness, Settled, Step, begin, finish},
    id::SessionHandle,
    session::{SessionInfo, SessionPage},
    store::{AnyStore, Page, Store},
};

/// The sessions of an application, over an asynchronous store.
///
/// An integration of a web framework, such as `session-tower`, is built on it.
#[derive(Debug)]
pub struct Sessions<S> {
    store: Arc<S>,
    context: Arc<Context>,
}

impl<S: Store> Sessions<S> {
    /// The sessions in this store, with this configuration.
    #[must_use]
    pub fn new(store: S, config: SessionConfig) -> Self {
        Self::with_context(store, Context::new(config))
    }

    /// Like [`new`](Self::new), with a context of its own, such as one with another source of entropy or an observer.
    #[must_use]
    pub fn with_context(store: S, context: Arc<Context>) -> Self {
        Self { store: Arc::new(store), context }
    }

    /// Opens the session of a request, or a fresh one. It usually takes one load for each cookie that could be an id, and no
    /// call without such a cookie.
    ///
    /// # Errors
    /// [`SessionError`] if the store fails or a record cannot be read. An empty session is never returned instead.
    pub async fn open(&self, visit: &Visit<'_>, now: Timestamp) -> Result<OpenSession, SessionError> {
        drive(&*self.store, || Ok(begin(&self.context, visit, now))).await
    }

    /// Saves the changes and returns the cookie that the response must send.
    ///
    /// It may be called more than once in a request. If the outcome of a save is unknown, because the store failed or the
    /// future was dropped midway, the next save finds it out first.
    ///
    /// # Errors
    /// [`SessionError`] if the change could not be stored.
    pub async fn save(&self, session: &OpenSession, now: Timestamp) -> Result<Settled, SessionError> {
        drive(&*self.store, || finish(session, now)).await
    }

    /// Uses a one-time token up and saves the session. Of any number of concurrent requests exactly one gets `true`.
    ///
    /// # Errors
    /// [`SessionError`] if the session could not be saved. The token may be used up then.
    pub async fn consume(
        &self,
        session: &OpenSession,
        name: impl AsRef<str>,
        text: &str,
        now: Timestamp,
    ) -> Result<bool, SessionError> {
        let claimed = match session.tokens().claim(name, text) {
            Ok(()) => self.save(session, now).await.and_then(stored),
            Err(error) => Err(error),
        };
        match claimed {
            Ok(()) => Ok(true),
            Err(SessionError::TokenSpent) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Brings a session that outlives its request up to date, and says whether it lives: that of a websocket, a stream or a
    /// job. It takes over what other requests wrote, follows rotations by age, and counts as a use of the session. It takes
    /// one load, and a touch if the deadline must be extended.
    ///
    /// A session that has ended holds nothing any more and cannot be changed.
    ///
    /// # Errors
    /// [`SessionError`] if the store fails, the record cannot be read, or a change that is not saved yet is not possible on
    /// what another request wrote.
    pub async fn refresh(&self, session: &OpenSession, now: Timestamp) -> Result<Liveness, SessionError> {
        drive(&*self.store, || exchange::refresh(session, now, true)).await
    }

    /// Like [`refresh`](Self::refresh), but does not count as a use: to wait for the end of a session without keeping it alive.
    ///
    /// # Errors
    /// See [`refresh`](Self::refresh).
    pub async fn check(&self, session: &OpenSession, now: Timestamp) -> Result<Liveness, SessionError> {
        drive(&*self.store, || exchange::refresh(session, now, false)).await
    }

    /// Ends every session that the cookies of a request name, whether it can be read or not: a sign-out that always works.
    /// Returns their number. The response must then [remove](crate::cookie::SetCookie::Remove) the cookie.
    ///
    /// # Errors
    /// [`SessionError`] if the store fails.
    pub async fn forget(&self, visit: &Visit<'_>, now: Timestamp) -> Result<u64, SessionError> {
        drive(&*self.store, || Ok(exchange::forget(&self.context, visit, now))).await
    }

    /// Like [`save`](Self::save), but saves at once if the store is [`Immediate`](crate::store::Immediate), and returns `None`
    /// otherwise: for a driver that must make a future for a save that waits.
    ///
    /// # Errors
    /// See [`save`](Self::save).
    pub fn save_now(&self, session: &OpenSession, now: Timestamp) -> Option<Result<Settled, SessionError>> {
        let store = self.store.immediate()?;
        Some(finish(session, now).and_then(|step| blocking::drive(store, step)))
    }

    /// Like [`open`](Self::open), but opens at once if the store is [`Immediate`](crate::store::Immediate), and returns `None`
    /// otherwise.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    pub fn open_now(&self, visit: &Visit<'_>, now: Timestamp) -> Option<Result<OpenSession, SessionError>> {
        let store = self.store.immediate()?;
        Some(blocking::drive(store, begin(&self.context, visit, now)))
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Returns these sessions without the type of their store, such as for a handler that must not name the type.
    #[must_use]
    pub fn erased(&self) -> Sessions<AnyStore> {
        Sessions::with_context(AnyStore::from(Arc::clone(&self.store)), Arc::clone(&self.context))
    }

    /// The configuration, the source of entropy and the observer.
    #[must_use]
    pub const fn context(&self) -> &Arc<Context> {
        &self.context
    }
}

/// All sessions of an owner: of what was given to [`OpenSession::login`], a name, a number or a UUID.
impl<S: Store> Sessions<S> {
    /// Returns all live sessions of the owner, newest first. An application whose owners may have thousands of sessions
    /// should set a [limit](crate::config::Settings::max_sessions) or use [`page`](Self::page).
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is empty or too long, the store fails, or a record cannot be read. A
    /// list without that record might hide the session of a thief.
    pub async fn of(&self, owner: impl Display, now: Timestamp) -> Result<Vec<SessionInfo>, SessionError> {
        let (owner, mut all, mut page) = (owner.to_string(), Vec::new(), Page::default());
        loop {
            let part = self.page(&owner, page, now).await?;
            all.extend(part.sessions);
            if part.next.is_none() {
                return Ok(all);
            }
            page.after = part.next;
        }
    }

    /// Returns a page of the live sessions of the owner, newest first. A session that is rotated between two pages may be in
    /// both, under two handles.
    ///
    /// ```
    /// # use session_core::{SessionError, Sessions, Timestamp, store::{Page, Store}};
    /// async fn count(sessions: &Sessions<impl Store>, owner: u64, now: Timestamp) -> Result<usize, SessionError> {
    ///     let (mut page, mut count) = (Page::default(), 0);
    ///     loop {
    ///         let part = sessions.page(owner, page, now).await?;
    ///         count += part.sessions.len();
    ///         if part.next.is_none() {
    ///             return Ok(count);
    ///         }
    ///         page.after = part.next;
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// See [`of`](Self::of).
    pub async fn page(
        &self,
        owner: impl Display,
        page: Page,
        now: Timestamp,
    ) -> Result<SessionPage, SessionError> {
        let begin = || Ok(Step::Ask(exchange::list(&self.context, &owner.to_string(), page, now)?));
        drive(&*self.store, begin).await
    }

    /// Ends one session of the owner. Requests that use the session meanwhile cannot save it any more. Returns whether there
    /// was one: the handle of another owner's session, or of a session that has ended, has no effect.
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is empty or too long, or the store fails.
    pub async fn end(&self, owner: impl Display, handle: SessionHandle) -> Result<bool, SessionError> {
        drive(&*self.store, || Ok(Step::Ask(exchange::end(&self.context, &owner.to_string(), handle)?))).await
    }

    /// Saves the session and ends all others of its owner, such as after a change of the password. Returns the number of ended
    /// sessions, which may be too low after a lost answer of the store. If another request rotates this session at the
    /// same moment because of its age, this session ends too.
    ///
    /// # Errors
    /// [`SessionError`] if no user is signed in, the session could not be saved, or the store fails.
    pub async fn end_others(&self, session: &OpenSession, now: Timestamp) -> Result<u64, SessionError> {
        stored(self.save(session, now).await?)?;
        drive(&*self.store, || Ok(Step::Ask(exchange::end_others(session)?))).await
    }

    /// Ends all sessions of the owner, such as when the account is closed. No session that exists now can be opened, written
    /// or rotated afterwards, whatever requests are in flight. A later sign-in makes a new session. Returns the number of ended
    /// sessions, which may be too low after a lost answer of the store.
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is empty or too long, or the store fails.
    pub async fn end_all(&self, owner: impl Display) -> Result<u64, SessionError> {
        drive(&*self.store, || Ok(Step::Ask(exchange::end_all(&self.context, &owner.to_string())?))).await
    }
}

impl<S> Clone for Sessions<S> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store), context: Arc::clone(&self.context) }
    }
}

/// Takes a closure, because an argument of an `async fn` is stored in its future twice.
async fn drive<S: Store, E: Exchange>(
    store: &S,
    begin: impl FnOnce() -> Result<Step<E, E::Output>, SessionError>,
) -> Result<E::Output, SessionError> {
    if let Some(store) = store.immediate() {
        return blocking::drive(store, begin()?);
    }
    let mut exchange = match begin()? {
        Step::Done(output) => return Ok(output),
        Step::Ask(exchange) => exchange,
    };
    loop {
        let answer = store.perform(exchange.call()).await;
        match exchange.answer(answer)? {
            Step::Done(output) => return Ok(output),
            Step::Ask(next) => exchange = next,
        }
    }
}
