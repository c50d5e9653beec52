use std::{error::Error, fmt};

use axum_core::response::{IntoResponse, Response};

use crate::SessionFailure;

/// The error of a handler that may fail for any reason: `?` makes one of every error, and it knows its response.
///
/// An error of the session, also below others, becomes its [`SessionFailure`]. Any other error is a 500 with a sentence for the
/// visitor; what it says, with its causes, is for the log alone. Either way nothing of the session is saved.
///
/// ```
/// use axum::{Router, response::{Html, IntoResponse}, routing::get};
/// use alo_session::{AnyError, FailureCause, Session, SessionLayer};
///
/// async fn count(session: Session) -> Result<String, AnyError> {
///     let seen: u32 = session.get_or_default("seen")?;
///     session.set("seen", seen + "1".parse::<u32>()?)?;
///     Ok(std::fs::read_to_string("page.html")?)
/// }
///
/// // Errors of the application may have pages and statuses of their own.
/// let layer = SessionLayer::new(alo_session::MemoryStore::new(), Default::default());
/// let layer = layer.on_error(|failure, _request| match failure.cause() {
///     FailureCause::Other(error) if error.is::<std::io::Error>() => (axum::http::StatusCode::NOT_FOUND, Html("Not found.".into())),
///     _ => (failure.status(), Html(failure.to_string())),
/// });
/// # let _: Router =
/// Router::new().route("/", get(count)).layer(layer);
/// ```
pub struct AnyError(SessionFailure);

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for AnyError {
    fn from(error: E) -> Self {
        Self(SessionFailure::of(error.into()))
    }
}

impl IntoResponse for AnyError {
    fn into_response(self) -> Response {
        self.0.into_marked_response()
    }
}

impl fmt::Debug for AnyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyError").field(self.0.cause()).finish()
    }
}
