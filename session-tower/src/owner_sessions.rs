use std::{fmt, ops::Deref};

use session_http::Kind;

use crate::Main;

/// Lists and ends the sessions of an owner.
///
/// It is an axum extractor. Code outside of requests, such as a job that closes accounts, gets it from
/// [`SessionLayer::sessions`](crate::SessionLayer::sessions). It derefs to [`session_http::OwnerSessions`], which documents its
/// methods. [`end_others`](session_http::Session::end_others) of a session ends all but that of the request.
///
/// ```
/// use alo_session::{OwnerSessions, Session, SessionFailure};
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
#[doc(alias("device", "user"))]
pub struct OwnerSessions<K = Main> {
    sessions: session_http::OwnerSessions,
    kind: Kind<K>,
}

impl<K> OwnerSessions<K> {
    pub(crate) const fn new(sessions: session_http::OwnerSessions) -> Self {
        Self { sessions, kind: Kind::new() }
    }
}

impl<K> Deref for OwnerSessions<K> {
    type Target = session_http::OwnerSessions;

    fn deref(&self) -> &session_http::OwnerSessions {
        &self.sessions
    }
}

impl<K> Clone for OwnerSessions<K> {
    fn clone(&self) -> Self {
        Self { sessions: self.sessions.clone(), kind: self.kind }
    }
}

impl<K> fmt::Debug for OwnerSessions<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sessions.fmt(f)
    }
}
