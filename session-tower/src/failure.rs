use std::{error::Error, fmt, sync::Arc};

use bytes::Bytes;
use http::{
    HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER},
};
use session_core::{
    SessionError, ValueError,
    store::{StoreError, StoreErrorKind},
};

/// A request that cannot be served because of its session, and the response that says so.
///
/// Every error of a session turns into it, so a handler may return it and use `?`. What it shows is meant for the
/// visitor: it tells what happened without ids, keys or other insides; [`source`](Error::source) has those.
///
/// | status | when |
/// |---|---|
/// | 409 | the session ended or changed meanwhile, the owner has too many, or a token was used already |
/// | 413 | the session would grow over its limits |
/// | 500 | the layer is missing, what is stored cannot be read, or a value does not fit its use |
/// | 503 | the store or the source of entropy failed, or the outcome of a save is unknown; with `Retry-After` |
///
/// Nothing of the session is saved with a response that carries it.
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
    /// The session could not be opened, changed or saved.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl SessionFailure {
    /// Why it failed.
    #[must_use]
    pub fn cause(&self) -> &FailureCause {
        &self.cause
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.verdict().0
    }

    /// The response: the status and the text of this failure.
    #[must_use]
    pub fn to_response<B: From<Bytes>>(&self) -> Response<B> {
        let (status, text) = self.verdict();
        let mut response = Response::new(B::from(Bytes::from_static(text.as_bytes())));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }

    pub(crate) fn missing_layer() -> Self {
        tracing::error!(
            target: "alo_session",
            "a handler asks for its session but there is no session layer: add `session_tower::SessionLayer` around it"
        );
        FailureCause::MissingLayer.into()
    }

    fn verdict(&self) -> (StatusCode, &'static str) {
        match self.cause() {
            FailureCause::MissingLayer => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "There is no session layer around this handler. Add `session_tower::SessionLayer` to the router, after \
                 the routes that use sessions.",
            ),
            FailureCause::Session(error) => of_session(error),
        }
    }
}

impl From<FailureCause> for SessionFailure {
    fn from(cause: FailureCause) -> Self {
        Self {
            cause: Arc::new(cause),
        }
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

impl fmt::Display for SessionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verdict().1)
    }
}

impl Error for SessionFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.cause())
    }
}

fn of_session(error: &SessionError) -> (StatusCode, &'static str) {
    match error {
        SessionError::Store(error) => of_store(error),
        SessionError::Value(error) => of_value(error),
        SessionError::Entropy(_) => (StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE),
        SessionError::Unknown => (
            StatusCode::SERVICE_UNAVAILABLE,
            "It could not be found out whether the change was saved. Please look before you repeat it.",
        ),
        SessionError::Gone => (
            StatusCode::CONFLICT,
            "The session ended while the request ran. Its change was not saved.",
        ),
        SessionError::Conflict { .. } => (
            StatusCode::CONFLICT,
            "Other requests changed the session at the same time. The change was not saved; please try again.",
        ),
        SessionError::Full => (
            StatusCode::CONFLICT,
            "As many sessions are open as this account may have. Sign out somewhere else first.",
        ),
        SessionError::Record(_) => (StatusCode::INTERNAL_SERVER_ERROR, UNREADABLE),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, FAILED),
    }
}

fn of_store(error: &StoreError) -> (StatusCode, &'static str) {
    match error.kind() {
        StoreErrorKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE),
        StoreErrorKind::Undecodable => (StatusCode::INTERNAL_SERVER_ERROR, UNREADABLE),
        _ => (StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE),
    }
}

fn of_value(error: &ValueError) -> (StatusCode, &'static str) {
    match error {
        ValueError::TooLarge { .. } | ValueError::TooManyKeys { .. } => {
            (StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE)
        }
        ValueError::TokenSpent => (
            StatusCode::CONFLICT,
            "This form is no longer valid or was sent already.",
        ),
        ValueError::Entropy(_) => (StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, FAILED),
    }
}

const UNAVAILABLE: &str = "Sessions are not available at the moment. Please try again in a few seconds.";
const UNREADABLE: &str = "The stored session cannot be read. It was left as it is.";
const TOO_LARGE: &str = "The session would become too large. The change was not saved.";
const FAILED: &str = "The session could not be used.";
