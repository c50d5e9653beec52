use std::{fmt, time::Duration};

use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::{Main, Session, SessionFailure};

/// The session of the request, if its owner signed in within the last `SECONDS` seconds. It is for handlers that a stolen or
/// unattended session must not reach.
///
/// Any other request gets a 401 or 403, or the response that [`on_error`](crate::SessionLayer::on_error) makes of it, such as a
/// redirect to the sign-in page.
///
/// ```
/// use axum::{Router, response::{IntoResponse, Redirect}, routing::post};
/// use alo_session::{FreshSession, SessionFailure, SessionLayer};
///
/// async fn delete_account(FreshSession(session): FreshSession<300>) -> Result<&'static str, SessionFailure> {
///     session.logout()?;
///     Ok("Your account is deleted.")
/// }
///
/// let sessions = SessionLayer::new(alo_session::MemoryStore::new(), Default::default());
/// let sessions = sessions.on_error(|failure, _request| match failure.requires_sign_in() {
///     true => Redirect::to("/sign-in").into_response(),
///     false => failure.to_response(),
/// });
/// # let _: Router =
/// Router::new().route("/delete-account", post(delete_account)).layer(sessions);
/// ```
#[doc(alias("reauthenticate", "step_up", "sudo"))]
#[expect(clippy::exhaustive_structs, reason = "a handler takes the session out of it by a pattern")]
pub struct FreshSession<const SECONDS: u64, K = Main>(pub Session<K>);

impl<const SECONDS: u64, K: 'static, S: Send + Sync> FromRequestParts<S> for FreshSession<SECONDS, K> {
    type Rejection = SessionFailure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionFailure> {
        let session = <Session<K> as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        session.require_fresh(Duration::from_secs(SECONDS))?;
        Ok(Self(session))
    }
}

impl<const SECONDS: u64, K> Clone for FreshSession<SECONDS, K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<const SECONDS: u64, K> fmt::Debug for FreshSession<SECONDS, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FreshSession").field(&self.0).finish()
    }
}
