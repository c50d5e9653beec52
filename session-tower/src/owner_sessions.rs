use std::{fmt, fmt::Display, sync::Arc};

use session_core::{
    SessionError,
    id::SessionHandle,
    session::{SessionInfo, SessionPage},
    store::Page,
};

use crate::{Main, kind::Kind, layer_options::LayerOptions};

/// Lists and ends the sessions of an owner.
///
/// It is an axum extractor. Code outside of requests, such as a job that closes accounts, gets it from
/// [`SessionLayer::sessions`](crate::SessionLayer::sessions). The name of an owner is the one that was given to
/// [`login`](session_core::OpenSession::login). Clones are cheap. [`Session::end_others`](crate::Session::end_others) ends all
/// sessions but that of the request.
///
/// ```
/// use session_tower::{OwnerSessions, Session, SessionFailure};
///
/// async fn devices(session: Session, sessions: OwnerSessions) -> Result<String, SessionFailure> {
///     let owner = session.require_owner()?;
///     let mut page = String::new();
///     for device in sessions.of(&owner).await? {
///         let current = if device.is(&session) { " (this one)" } else { "" };
///         page += &format!("{} {}{current}\n", device.handle, device.label.as_deref().unwrap_or("unnamed"));
///     }
///     Ok(page)
/// }
/// # let _: axum::Router = axum::Router::new().route("/devices", axum::routing::get(devices));
/// ```
pub struct OwnerSessions<K = Main> {
    options: Arc<LayerOptions>,
    kind: Kind<K>,
}

impl<K> OwnerSessions<K> {
    pub(crate) const fn new(options: Arc<LayerOptions>) -> Self {
        Self { options, kind: Kind::new() }
    }

    /// Returns all live sessions of the owner, newest first. If an owner may have thousands, set a
    /// [limit](session_core::config::Settings::max_sessions) or use [`page`](Self::page).
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is not valid, the store fails, or a record cannot be read.
    pub async fn of(&self, owner: impl Display) -> Result<Vec<SessionInfo>, SessionError> {
        self.options.sessions.of(owner, self.options.now()).await
    }

    /// Returns a part of the live sessions of the owner, newest first. A session that is rotated between two calls may be in
    /// both parts, with two handles.
    ///
    /// # Errors
    /// See [`of`](Self::of).
    pub async fn page(&self, owner: impl Display, page: Page) -> Result<SessionPage, SessionError> {
        self.options.sessions.page(owner, page, self.options.now()).await
    }

    /// Ends one session of the owner. Requests that use it at that moment can no longer save it. Returns `false` if the owner
    /// has no such session.
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is not valid, or the store fails.
    pub async fn end(&self, owner: impl Display, handle: SessionHandle) -> Result<bool, SessionError> {
        self.options.sessions.end(owner, handle).await
    }

    /// Ends all sessions of the owner, including that of the request, and returns their number. A later sign-in starts a new
    /// one.
    ///
    /// If the session of the request belongs to the owner, the request must not change it afterwards, or its response is a 409.
    ///
    /// # Errors
    /// [`SessionError`] if the name of the owner is not valid, or the store fails.
    pub async fn end_all(&self, owner: impl Display) -> Result<u64, SessionError> {
        self.options.sessions.end_all(owner).await
    }
}

impl<K> Clone for OwnerSessions<K> {
    fn clone(&self) -> Self {
        Self { options: Arc::clone(&self.options), kind: self.kind }
    }
}

impl<K> fmt::Debug for OwnerSessions<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnerSessions").finish_non_exhaustive()
    }
}
