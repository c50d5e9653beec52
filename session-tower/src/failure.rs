use std::{error::Error, fmt, sync::Arc};

use axum_core::body::Body;
use http::{
    HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER},
};
use session_core::{SessionError, ValueError, session::SignInRequired};

use crate::{
    CsrfError,
    failure_text::{UNAVAILABLE, status_and_text},
};

/// A request that cannot be served because of its session, and the response that says so.
///
/// Every error of a session converts into it, so a handler may return it and use `?`. Its `Display` is meant for the visitor
/// and has no ids, keys or other internals; [`source`](Error::source) has the details.
///
/// | status | when |
/// |---|---|
/// | 400 | a form ended before it was complete |
/// | 403 | a sign-in is required, or a fresher one, or the [`CsrfLayer`](crate::CsrfLayer) refused the request |
/// | 409 | the session ended or changed meanwhile, the owner has too many sessions, or a token was already used |
/// | 413 | the session, or a form to be checked, would be too large |
/// | 500 | the layer is missing, the stored session cannot be read, or a value has another type than expected |
/// | 503 | the store or the source of entropy failed; with `Retry-After` if nothing can have been changed |
///
/// The layer saves no change of the session if the response carries a failure. Layers outside find it among the extensions of
/// the response.
#[derive(Debug, Clone)]
pub struct SessionFailure {
    cause: Arc<FailureCause>,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FailureCause {
    /// The request has not come through a [`SessionLayer`](crate::SessionLayer).
    #[error("there is no session layer around this service")]
    MissingLayer,
    /// The request has not come through a [`CsrfLayer`](crate::CsrfLayer), but its handler asks for the verdict.
    #[error("there is no CSRF layer around this service")]
    MissingCsrfLayer,
    /// The session could not be opened, changed or saved.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The handler demands a sign-in, or one that is fresher or of a higher level.
    #[error(transparent)]
    SignInRequired(#[from] SignInRequired),
    /// The [`CsrfLayer`](crate::CsrfLayer) refused the request.
    #[error("the CSRF protection refused the request: {0:?}")]
    Csrf(CsrfError),
}

impl SessionFailure {
    /// Returns why the request failed.
    #[must_use]
    pub fn cause(&self) -> &FailureCause {
        &self.cause
    }

    /// Returns the status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        status_and_text(self.cause()).0
    }

    /// Returns a plain text response with the status and the message of the failure.
    #[must_use]
    pub fn to_response(&self) -> Response<Body> {
        let (status, text) = status_and_text(self.cause());
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // A program repeats the request by itself then, which must not make a change twice.
        if text == UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }

    /// Whether the store did not answer as it should, so that another call would be a wait for nothing.
    pub(crate) fn is_of_store(&self) -> bool {
        let FailureCause::Session(error) = self.cause() else {
            return false;
        };
        matches!(error, SessionError::Store(_) | SessionError::Unknown | SessionError::Record(_))
    }

    pub(crate) fn missing_layer<K>() -> Self {
        tracing::error!(
            target: "alo_session",
            kind = std::any::type_name::<K>(),
            "a handler asks for its session but there is no session layer: add `session_tower::SessionLayer` around it"
        );
        FailureCause::MissingLayer.into()
    }

    pub(crate) fn missing_csrf_layer() -> Self {
        tracing::error!(
            target: "alo_session",
            "a handler asks for the verdict of the CSRF protection but there is none: add `session_tower::CsrfLayer` around it"
        );
        FailureCause::MissingCsrfLayer.into()
    }

    /// Logs the details that the response must not have. The core logs its own failures, so they are left out. So is the
    /// message of the codec, because it may quote the value.
    pub(crate) fn log(&self) {
        let FailureCause::Session(SessionError::Value(error)) = self.cause() else {
            return;
        };
        let error = match error {
            ValueError::Encode { key, .. } => format!("the value for session key {key:?} cannot be encoded"),
            ValueError::Decode { key, expected, .. } => {
                format!("the value under session key {key:?} is not a {expected}")
            }
            error => error.to_string(),
        };
        if self.status().is_server_error() {
            tracing::error!(target: "alo_session", %error, "request failed because of its session");
        } else {
            tracing::info!(target: "alo_session", %error, "request failed because of its session");
        }
    }

    /// Like [`to_response`](Self::to_response), but the layer recognises the response as a failure: it logs the failure, saves
    /// no change and lets [`on_error`](crate::SessionLayer::on_error) render it. The failure is among the extensions of the
    /// response. axum makes this response of a failure that a handler returns.
    #[must_use]
    pub fn into_marked_response(self) -> Response<Body> {
        self.log();
        let mut response = self.to_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<FailureCause> for SessionFailure {
    fn from(cause: FailureCause) -> Self {
        Self { cause: Arc::new(cause) }
    }
}

impl From<SessionError> for SessionFailure {
    fn from(error: SessionError) -> Self {
        FailureCause::from(error).into()
    }
}

impl From<ValueError> for SessionFailure {
    fn from(error: ValueError) -> Self {
        SessionError::from(error).into()
    }
}

impl From<CsrfError> for SessionFailure {
    fn from(error: CsrfError) -> Self {
        FailureCause::Csrf(error).into()
    }
}

impl From<SignInRequired> for SessionFailure {
    fn from(required: SignInRequired) -> Self {
        FailureCause::from(required).into()
    }
}

impl fmt::Display for SessionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(status_and_text(self.cause()).1)
    }
}

impl Error for SessionFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.cause())
    }
}
