use std::{any::type_name, error::Error, fmt, iter::successors, sync::Arc};

use http::StatusCode;
use session_core::{
    SessionError,
    id::{ParseHandleError, ParseIdError},
    store::ParseCursorError,
};

use super::{
    known::known,
    text::{UNAVAILABLE, status_and_text},
};
use crate::{CsrfError, Main};

/// A request that cannot be served because of its session, and what the response to it says. The failure that a framework's
/// crate gives to handlers derefs to it.
///
/// Its `Display` is the body of a plain response. It is meant for the visitor and has no ids, keys or other internals;
/// [`source`](Error::source) has the details.
///
/// | status | when |
/// |---|---|
/// | 400 | a form ended before it was complete, the name of an owner or device is empty or too long, or what should name a session or a place in a list does not |
/// | 401 | a sign-in is required |
/// | 403 | a fresher sign-in is required, or one of a higher level, a guard demands something else, or the [CSRF protection](crate::CsrfRules) refused the request |
/// | 409 | the session ended or changed meanwhile, the owner has too many sessions, or a token was already used |
/// | 413 | the session, or a form to be checked, would be too large |
/// | 500 | the layer is missing, the stored session cannot be read, a value has another type than expected, or the handler failed otherwise |
/// | 503 | the store or the source of entropy failed; with `Retry-After` if nothing can have been changed |
///
/// A response that was made of a failure saves no change; see [`Verdict::of_failure`](crate::Verdict::of_failure).
#[derive(Debug, Clone)]
pub struct SessionFailure {
    cause: Arc<FailureCause>,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FailureCause {
    /// The request has not come through the middleware for sessions.
    #[error("there is no session layer around this service")]
    MissingLayer,
    /// The request has not come through the CSRF protection, but its handler asks for the verdict.
    #[error("there is no CSRF layer around this service")]
    MissingCsrfLayer,
    /// The session could not be opened, changed or saved, or the handler demands a sign-in.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The [CSRF protection](crate::CsrfRules) refused the request.
    #[error("the CSRF protection refused the request: {0:?}")]
    Csrf(CsrfError),
    /// Somebody is signed in, but a guard of the application does not let them through.
    #[error("a guard of the application does not let the owner through")]
    Forbidden,
    /// A text that should be the handle of a session is not.
    #[error(transparent)]
    Handle(#[from] ParseHandleError),
    /// A text that should be a place in a list of sessions is not.
    #[error(transparent)]
    Cursor(#[from] ParseCursorError),
    /// A text that should be the id of a session is not.
    #[error(transparent)]
    Id(#[from] ParseIdError),
    /// The handler failed for another reason than its session.
    #[error(transparent)]
    Other(Box<dyn Error + Send + Sync>),
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

    /// Returns the headers of a plain response, whose body is the `Display` of the failure.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let (status, text) = status_and_text(self.cause());
        // HTTP demands a challenge, and some clients fail without one. Browsers ignore a scheme that they do not know.
        let challenge = (status == StatusCode::UNAUTHORIZED).then_some(("www-authenticate", "Cookie"));
        // A program repeats the request by itself then, which must not make a change twice.
        let retry = (text == UNAVAILABLE).then_some(("retry-after", "2"));
        let always = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")];
        always.into_iter().chain(challenge).chain(retry)
    }

    /// Returns the body of a plain response. It is the `Display`.
    #[must_use]
    pub fn text(&self) -> &'static str {
        status_and_text(self.cause()).1
    }

    /// Returns the failure of a session that is `error` or one of its causes: for an application that keeps all its errors in
    /// a box, or adds what it was doing. Every error that a handler gets from a session, from the CSRF protection, or from
    /// reading what a visitor sent to name a session is found.
    #[must_use]
    pub fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        successors(Some(error), |&error| error.source()).find_map(known)
    }

    /// Returns the failure of a handler with this error: that of the session if [`find`](Self::find) finds one, and else
    /// [`FailureCause::Other`].
    #[must_use]
    pub fn of(error: Box<dyn Error + Send + Sync>) -> Self {
        Self::find(&*error).unwrap_or_else(|| FailureCause::Other(error).into())
    }

    /// Returns whether somebody must sign in first, or again.
    #[must_use]
    pub fn requires_sign_in(&self) -> bool {
        matches!(self.cause(), FailureCause::Session(SessionError::SignInRequired(_)))
    }

    /// Whether the store did not answer as it should, so that another call would be a wait for nothing.
    pub(crate) fn is_of_store(&self) -> bool {
        let FailureCause::Session(error) = self.cause() else {
            return false;
        };
        matches!(error, SessionError::Store(_) | SessionError::Unknown | SessionError::Record(_))
    }

    /// Makes the failure of a request without the middleware for sessions of this kind, and logs it. `middleware` is what the
    /// application must write, such as `SessionLayer::new(…)`; for another kind than [`Main`] the kind is added.
    #[must_use]
    pub fn missing_layer<K>(middleware: &str) -> Self {
        let kind = type_name::<K>();
        let of_kind = if kind == type_name::<Main>() { String::new() } else { format!(".kind::<{kind}>()") };
        tracing::error!(
            target: "alo_session",
            kind,
            "a handler asks for its session but there is no session layer: add `{middleware}{of_kind}` around all routes"
        );
        FailureCause::MissingLayer.into()
    }

    /// Makes the failure of a request without the CSRF protection, and logs it. `middleware` is what the application must write,
    /// such as `CsrfLayer::new()`.
    #[must_use]
    pub fn missing_csrf_layer(middleware: &str) -> Self {
        tracing::error!(
            target: "alo_session",
            "a handler asks for the verdict of the CSRF protection but there is none: add `{middleware}` around its routes, inside of the \
             sessions"
        );
        FailureCause::MissingCsrfLayer.into()
    }

    /// Logs the details that the response must not have, but for what the core has logged. To be called once, when the response
    /// is made of the failure.
    pub fn log(&self) {
        use SessionError::{Conflict, Full, Gone, Record, SignInRequired, Store, Unknown, Withheld};
        let error: &dyn Error = match self.cause() {
            FailureCause::Session(
                Store(_) | Record(_) | Unknown | Conflict { .. } | Gone | Full | Withheld | SignInRequired(_),
            ) => return,
            FailureCause::Session(error) => error,
            FailureCause::Handle(error) => error,
            FailureCause::Cursor(error) => error,
            FailureCause::Id(error) => error,
            FailureCause::Other(error) => return log_other(&**error),
            _ => return,
        };
        if self.status().is_server_error() {
            tracing::error!(target: "alo_session", %error, "request failed because of its session");
        } else {
            tracing::info!(target: "alo_session", %error, "request failed because of its session");
        }
    }
}

fn log_other(error: &(dyn Error + 'static)) {
    let causes = successors(error.source(), |&error| error.source());
    let text = causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
    tracing::error!(target: "alo_session", error = %text, "request failed");
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

impl From<CsrfError> for SessionFailure {
    fn from(error: CsrfError) -> Self {
        FailureCause::Csrf(error).into()
    }
}

impl From<ParseHandleError> for SessionFailure {
    fn from(error: ParseHandleError) -> Self {
        FailureCause::from(error).into()
    }
}

impl From<ParseCursorError> for SessionFailure {
    fn from(error: ParseCursorError) -> Self {
        FailureCause::from(error).into()
    }
}

impl From<ParseIdError> for SessionFailure {
    fn from(error: ParseIdError) -> Self {
        FailureCause::from(error).into()
    }
}

impl fmt::Display for SessionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Error for SessionFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.cause())
    }
}
