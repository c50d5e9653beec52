use std::fmt;

use session_http::Main;

use crate::Session;

/// The session of the request, if its owner signed in within the last `SECONDS` seconds. It is for handlers that a stolen or
/// unattended session must not reach.
///
/// Any other request gets a 403, or the response that [`on_error`](crate::SessionMiddleware::on_error) makes of the failure, or the way
/// to the [sign-in page](crate::SessionMiddleware::sign_in_page).
///
/// ```
/// use alo_session::actix::{FreshSession, SessionFailure};
///
/// async fn delete_account(
///     FreshSession(session): FreshSession<300>,
/// ) -> Result<&'static str, SessionFailure> {
///     session.logout()?;
///     Ok("Your account is deleted.")
/// }
/// # let _ = actix_web::App::new().route("/delete-account", actix_web::web::post().to(delete_account));
/// ```
#[doc(alias("reauthenticate", "step_up", "sudo"))]
#[expect(clippy::exhaustive_structs, reason = "a handler takes the session out of it by a pattern")]
pub struct FreshSession<const SECONDS: u64, K = Main>(pub Session<K>);

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
