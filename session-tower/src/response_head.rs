use http::{Extensions, HeaderMap, Response, StatusCode};
use session_http::Verdict;

/// A response without its body, as the function of [`save_when`](crate::SessionLayer::save_when) sees it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ResponseHead<'a> {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// What the handler and layers attached to the response.
    pub extensions: &'a Extensions,
}

impl<'a> ResponseHead<'a> {
    /// Returns whether the response says that the request did not succeed on the server's side: 5xx, or the 408 of a handler that
    /// a timeout cut off. This is the default of [`save_when`](crate::SessionLayer::save_when), turned round.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        Verdict::is_failure(self.status.as_u16())
    }
}

impl<'a, B> From<&'a Response<B>> for ResponseHead<'a> {
    fn from(response: &'a Response<B>) -> Self {
        Self { status: response.status(), headers: response.headers(), extensions: response.extensions() }
    }
}

/// Put among the extensions of a response, it makes the layer drop the changes that are not saved yet.
///
/// ```
/// use axum::{Extension, response::{Html, IntoResponse}};
/// use alo_session::{DiscardChanges, Session, SessionFailure};
///
/// async fn preview(session: Session) -> Result<impl IntoResponse, SessionFailure> {
///     session.set("theme", "dark")?;
///     Ok((Extension(DiscardChanges), Html("How the page would look")))
/// }
/// # let _: axum::Router = axum::Router::new().route("/", axum::routing::get(preview));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is written where it is used")]
pub struct DiscardChanges;
