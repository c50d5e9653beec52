use std::cell::Ref;

use actix_web::{
    HttpResponse,
    dev::Extensions,
    http::{StatusCode, header::HeaderMap},
};
use session_http::Verdict;

/// A response without its body, as the function of [`save_when`](crate::SessionMiddleware::save_when) sees it.
#[derive(Debug)]
#[non_exhaustive]
pub struct ResponseHead<'a> {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// What the handler and middleware attached to the response.
    pub extensions: Ref<'a, Extensions>,
}

impl ResponseHead<'_> {
    /// Returns whether the response says that the request did not succeed on the server's side: 5xx, or the 408 of a handler that
    /// a timeout cut off. This is the default of [`save_when`](crate::SessionMiddleware::save_when), turned round.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        Verdict::is_failure(self.status.as_u16())
    }
}

impl<'a, B> From<&'a HttpResponse<B>> for ResponseHead<'a> {
    fn from(response: &'a HttpResponse<B>) -> Self {
        Self { status: response.status(), headers: response.headers(), extensions: response.extensions() }
    }
}

/// Put among the extensions of a response, it makes the middleware drop the changes that are not saved yet.
///
/// ```
/// use actix_web::HttpResponse;
/// use alo_session::actix::{DiscardChanges, Session, SessionFailure};
///
/// async fn preview(session: Session) -> Result<HttpResponse, SessionFailure> {
///     session.set("theme", "dark")?;
///     let mut response = HttpResponse::Ok().body("How the page would look");
///     response.extensions_mut().insert(DiscardChanges);
///     Ok(response)
/// }
/// # let _ = actix_web::App::new().route("/", actix_web::web::get().to(preview));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is written where it is used")]
pub struct DiscardChanges;
