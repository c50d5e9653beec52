use std::{fmt, sync::Arc};

use session_core::{
    SessionError,
    id::SessionHandle,
    session::{SessionInfo, SessionPage},
    store::Page,
};

use crate::settings::Settings;

/// All sessions of an owner: to list them, and to end them one by one or together.
///
/// An extractor of axum, and what [`SessionLayer::sessions`](crate::SessionLayer::sessions) gives to the rest of an
/// application, such as a job that closes accounts. Cheap to clone. An owner has the name that was given to
/// [`login`](session_core::Session::login). To end all but the session of the request there is
/// [`Session::end_others`](crate::Session::end_others).
///
/// ```
/// use session_tower::{Session, SessionFailure, Sessions};
///
/// async fn devices(session: Session, sessions: Sessions) -> Result<String, SessionFailure> {
///     let owner = session.owner().unwrap_or_default();
///     let mut page = String::new();
///     for device in sessions.of(&owner).await? {
///         let current = if device.is(&session) { " (this one)" } else { "" };
///         page += &format!("{} {}{current}\n", device.handle(), device.label().unwrap_or("unnamed"));
///     }
///     Ok(page)
/// }
/// # let _: axum::Router = axum::Router::new().route("/devices", axum::routing::get(devices));
/// ```
#[derive(Clone)]
pub struct Sessions {
    settings: Arc<Settings>,
}

impl Sessions {
    pub(crate) const fn new(settings: Arc<Settings>) -> Self {
        Self { settings }
    }

    /// The live sessions of the owner, newest first. All of them come at once: an application whose owners may have
    /// thousands wants a [limit](session_core::config::Settings::max_sessions), or [`page`](Self::page).
    ///
    /// # Errors
    /// [`SessionError`] when that is no name of an owner, the store fails, or a record cannot be read.
    pub async fn of(&self, owner: &str) -> Result<Vec<SessionInfo>, SessionError> {
        self.settings.driver.of(owner, self.settings.now()).await
    }

    /// A part of the live sessions of the owner, newest first, for owners that may have thousands. A session that is
    /// rotated between two parts may be in both, under two handles.
    ///
    /// # Errors
    /// As for [`of`](Self::of).
    pub async fn page(&self, owner: &str, page: Page) -> Result<SessionPage, SessionError> {
        self.settings.driver.page(owner, page, self.settings.now()).await
    }

    /// Ends one session of the owner, also while requests use it: what they still save is refused. Answers whether there
    /// was one; the handle of another owner's session, or of one that has ended, has no effect.
    ///
    /// # Errors
    /// [`SessionError`] when that is no name of an owner, or the store fails.
    pub async fn end(&self, owner: &str, handle: SessionHandle) -> Result<bool, SessionError> {
        self.settings.driver.end(owner, handle).await
    }

    /// Ends all sessions of the owner, the one of the request too if it is theirs, and answers how many there were. A
    /// sign-in after it begins a new one.
    ///
    /// A request must not save its own session afterwards: what it changed would be refused with 409.
    ///
    /// # Errors
    /// [`SessionError`] when that is no name of an owner, or the store fails.
    pub async fn end_all(&self, owner: &str) -> Result<u64, SessionError> {
        self.settings.driver.end_all(owner).await
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}
