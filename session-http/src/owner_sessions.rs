use std::{fmt, fmt::Display, sync::Arc};

use session_core::{
    SessionError,
    exchange::ended_here,
    id::SessionHandle,
    session::{SessionInfo, SessionPage},
    store::Page,
};

use crate::{HttpSessions, RequestSession, to_the_end::ToTheEnd};

/// Lists and ends the sessions of an owner.
///
/// [`RequestSession::owners`] makes it for a handler, and [`HttpSessions::owners`] for code outside of requests. The name of an owner is the one that was given to
/// [`login`](session_core::OpenSession::login). Clones are cheap. [`Session::end_others`](crate::Session::end_others) ends all
/// sessions but that of the request.
#[derive(Clone)]
pub struct OwnerSessions {
    sessions: HttpSessions,
    /// The request that ends them.
    request: Option<Arc<RequestSession>>,
}

impl OwnerSessions {
    pub(crate) const fn new(sessions: HttpSessions, request: Option<Arc<RequestSession>>) -> Self {
        Self { sessions, request }
    }

    /// Returns all live sessions of the owner, newest first. If an owner may have thousands, set a
    /// [limit](session_core::config::Settings::max_sessions) or use [`page`](Self::page).
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is not valid, the store fails, or a record cannot be read.
    #[doc(alias("device", "list"))]
    pub async fn of(&self, owner: impl Display) -> Result<Vec<SessionInfo>, SessionError> {
        self.sessions.core().of(owner, self.sessions.now()).await
    }

    /// Returns a part of the live sessions of the owner, newest first. A session that is rotated between two calls may be in
    /// both parts, with two handles.
    ///
    /// # Errors
    /// See [`of`](Self::of).
    pub async fn page(&self, owner: impl Display, page: Page) -> Result<SessionPage, SessionError> {
        self.sessions.core().page(owner, page, self.sessions.now()).await
    }

    /// Ends one session of the owner. Requests that use it at that moment can no longer save it. Returns `false` if the owner
    /// has no such session. If it is that of the request, see [`end_all`](Self::end_all).
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is not valid, or the store fails.
    pub async fn end(&self, owner: impl Display, handle: SessionHandle) -> Result<bool, SessionError> {
        let owner = owner.to_string();
        let (sessions, name) = (self.sessions.clone(), owner.clone());
        let ended = ToTheEnd::new(async move { sessions.core().end(name, handle).await }).await?;
        if ended {
            self.tell_request(&owner, Some(handle))?;
        }
        Ok(ended)
    }

    /// Ends all sessions of the owner, including that of the request, and returns their number. A later sign-in starts a new
    /// one.
    ///
    /// If the session of the request belongs to the owner, it is signed out, as by [`logout`](session_core::OpenSession::logout):
    /// its values are gone, and its cookie is removed. What the handler sets afterwards, such as a flash message for the next page,
    /// is kept in a new session of nobody. After the head of a response, as in a socket, it is not: there a later change is the
    /// error [`Gone`](SessionError::Gone). An end that has begun is finished though the client has gone.
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is not valid, or the store fails.
    #[doc(alias("revoke", "logout"))]
    pub async fn end_all(&self, owner: impl Display) -> Result<u64, SessionError> {
        let owner = owner.to_string();
        let (sessions, name) = (self.sessions.clone(), owner.clone());
        let ended = ToTheEnd::new(async move { sessions.core().end_all(name).await }).await?;
        self.tell_request(&owner, None)?;
        Ok(ended)
    }

    /// A request that ends its own session is not late, as one is whose session another request has ended.
    fn tell_request(&self, owner: &str, handle: Option<SessionHandle>) -> Result<(), SessionError> {
        let session = self.request.as_ref().and_then(|request| request.opened());
        session.map_or(Ok(()), |session| ended_here(session, owner, handle, self.sessions.now()))
    }
}

impl fmt::Debug for OwnerSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnerSessions").finish_non_exhaustive()
    }
}
