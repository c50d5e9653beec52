use http::Extensions;
use session_http::CsrfRules;

use crate::{CsrfError, RequestHead, SessionFailure};

/// What the [`CsrfLayer`](crate::CsrfLayer) said of the request: an axum extractor for the handlers of requests that the layer
/// [lets through](crate::CsrfLayer::let_through) although it refused them. Such a handler must change nothing.
///
/// ```
/// use axum::{Form, Router, response::{Html, IntoResponse, Response}, routing::get};
/// use alo_session::{CsrfError, CsrfLayer, CsrfToken, CsrfVerdict, SessionFailure};
///
/// fn page(token: &CsrfToken, message: &str, typed: &str) -> Result<Response, SessionFailure> {
///     // A real page escapes what was typed.
///     let form = format!("<p>{message}</p><form method=post>{}<textarea name=text>{typed}</textarea></form>", token.input()?);
///     Ok(Html(form).into_response())
/// }
///
/// async fn write(token: CsrfToken) -> Result<Response, SessionFailure> {
///     page(&token, "", "")
/// }
///
/// /// Shows the form again, with what was typed and a new token, if the old page was out of date.
/// async fn save(
///     verdict: CsrfVerdict,
///     token: CsrfToken,
///     Form(fields): Form<std::collections::BTreeMap<String, String>>,
/// ) -> Result<Response, SessionFailure> {
///     let typed = fields.get("text").map_or("", String::as_str);
///     if let Err(error) = verdict.result() {
///         return page(&token, &format!("{error} Nothing is lost."), typed);
///     }
///     Ok("saved".into_response())
/// }
///
/// let csrf = CsrfLayer::new().let_through(|error, head| {
///     head.uri.path() == "/comment"
///         && matches!(error, CsrfError::SessionGone | CsrfError::Superseded | CsrfError::WrongToken)
/// });
/// let app: Router = Router::new().route("/comment", get(write).post(save)).layer(csrf);
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "a refused request must change nothing"]
pub struct CsrfVerdict {
    result: Result<(), CsrfError>,
}

impl CsrfVerdict {
    /// Adds it to the request. A refusal by a layer outside stays.
    pub(super) fn add(result: Result<(), CsrfError>, extensions: &mut Extensions) {
        if extensions.get::<Self>().is_none_or(|outer| outer.result.is_ok()) {
            extensions.insert(Self { result });
        }
    }

    /// Returns the verdict on a request. A safe request passes.
    ///
    /// # Errors
    /// [`SessionFailure`] if no [`CsrfLayer`](crate::CsrfLayer) has looked at a request that may change something.
    pub fn from_request<'a>(request: impl Into<RequestHead<'a>>) -> Result<Self, SessionFailure> {
        let head = request.into();
        match head.extensions.get::<Self>() {
            Some(verdict) => Ok(*verdict),
            None if CsrfRules::is_safe(&head) => Ok(Self { result: Ok(()) }),
            None => Err(SessionFailure::missing_csrf_layer()),
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
