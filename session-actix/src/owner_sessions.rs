use std::{fmt, ops::Deref};

use session_http::{Kind, Main};

/// Lists and ends the sessions of an owner.
///
/// It is an extractor, and derefs to [`session_http::OwnerSessions`], which has the methods. Code outside of requests, such as a
/// job that closes accounts, gets it from [`SessionMiddleware::sessions`](crate::SessionMiddleware::sessions).
///
/// ```
/// use alo_session::actix::{OwnerSessions, Session, SessionFailure};
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
/// # let _ = actix_web::App::new().route("/devices", actix_web::web::get().to(devices));
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
        f.debug_struct("OwnerSessions").finish_non_exhaustive()
    }
}
