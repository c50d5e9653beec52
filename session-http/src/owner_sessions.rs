use std::{fmt, fmt::Display};

use session_core::{
    SessionError,
    id::SessionHandle,
    session::{SessionInfo, SessionPage},
    store::Page,
};

use crate::{HttpSessions, to_the_end::ToTheEnd};

/// Lists and ends the sessions of an owner.
///
/// [`HttpSessions::owners`] makes it. The name of an owner is the one that was given to
/// [`login`](session_core::OpenSession::login). Clones are cheap. [`Session::end_others`](crate::Session::end_others) ends all
/// sessions but that of the request.
#[derive(Clone)]
pub struct OwnerSessions {
    sessions: HttpSessions,
}

impl OwnerSessions {
    pub(crate) const fn new(sessions: HttpSessions) -> Self {
        Self { sessions }
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
    /// has no such session.
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is not valid, or the store fails.
    pub async fn end(&self, owner: impl Display, handle: SessionHandle) -> Result<bool, SessionError> {
        let (sessions, owner) = (self.sessions.clone(), owner.to_string());
        ToTheEnd::new(async move { sessions.core().end(owner, handle).await }).await
    }

    /// Ends all sessions of the owner, including that of the request, and returns their number. A later sign-in starts a new
    /// one.
    ///
    /// If the session of the request belongs to the owner, the request must not change it afterwards, or its response is a 409. An
    /// end that has begun is finished though the client has gone.
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is not valid, or the store fails.
    #[doc(alias("revoke", "logout"))]
    pub async fn end_all(&self, owner: impl Display) -> Result<u64, SessionError> {
        let (sessions, owner) = (self.sessions.clone(), owner.to_string());
        ToTheEnd::new(async move { sessions.core().end_all(owner).await }).await
    }
}

impl fmt::Debug for OwnerSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnerSessions").finish_non_exhaustive()
    }
}
