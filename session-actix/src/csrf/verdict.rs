use actix_web::{HttpMessage as _, HttpRequest, dev::ServiceRequest};
use session_http::{CsrfError, CsrfRules};

use crate::{SessionFailure, head::Asked};

/// What the [`CsrfMiddleware`](crate::CsrfMiddleware) said of the request: an extractor for the handlers of requests that the
/// middleware [lets through](crate::CsrfMiddleware::let_through) although it refused them. Such a handler must change nothing.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use actix_web::{App, web};
/// use alo_session::actix::{CsrfError, CsrfMiddleware, CsrfToken, CsrfVerdict, SessionFailure};
///
/// fn page(token: &CsrfToken, message: &str, typed: &str) -> Result<String, SessionFailure> {
///     // A real page escapes what was typed.
///     Ok(format!("<p>{message}</p><form method=post>{}<textarea name=text>{typed}</textarea></form>", token.input()?))
/// }
///
/// async fn write(token: CsrfToken) -> Result<String, SessionFailure> {
///     page(&token, "", "")
/// }
///
/// /// Shows the form again, with what was typed and a new token, if the old page was out of date.
/// async fn save(
///     verdict: CsrfVerdict,
///     token: CsrfToken,
///     fields: web::Form<BTreeMap<String, String>>,
/// ) -> Result<String, SessionFailure> {
///     let typed = fields.get("text").map_or("", String::as_str);
///     if let Err(error) = verdict.result() {
///         return page(&token, &format!("{error} Nothing is lost."), typed);
///     }
///     Ok("saved".into())
/// }
///
/// let csrf = CsrfMiddleware::new().let_through(|error, request| {
///     request.path() == "/comment"
///         && matches!(error, CsrfError::SessionGone | CsrfError::Superseded | CsrfError::WrongToken)
/// });
/// let comment = web::resource("/comment").route(web::get().to(write)).route(web::post().to(save));
/// let app = App::new().wrap(csrf).service(comment);
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "a refused request must change nothing"]
pub struct CsrfVerdict {
    result: Result<(), CsrfError>,
}

impl CsrfVerdict {
    /// Adds it to the request. A refusal by a middleware outside stays.
    pub(super) fn add(result: Result<(), CsrfError>, request: &ServiceRequest) {
        let mut extensions = request.extensions_mut();
        if extensions.get::<Self>().is_none_or(|outer| outer.result.is_ok()) {
            extensions.insert(Self { result });
        }
    }

    /// Returns the verdict on a request. A safe request passes.
    ///
    /// # Errors
    /// [`SessionFailure`] if no [`CsrfMiddleware`](crate::CsrfMiddleware) has looked at a request that may change something.
    pub fn of_request(request: &HttpRequest) -> Result<Self, SessionFailure> {
        match request.extensions().get::<Self>() {
            Some(verdict) => Ok(*verdict),
            None if CsrfRules::is_safe(&Asked(request.head())) => Ok(Self { result: Ok(()) }),
            None => Err(session_http::SessionFailure::missing_csrf_layer("CsrfMiddleware::new()").into()),
        }
    }

    /// Returns whether the request passed.
    ///
    /// # Errors
    /// [`CsrfError`] if it was refused, and let through to be answered.
    pub const fn result(self) -> Result<(), CsrfError> {
        self.result
    }
}
