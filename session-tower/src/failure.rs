use std::{error::Error, fmt, iter::successors, sync::Arc};

use axum_core::body::Body;
use http::{
    HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use session_core::SessionError;

use crate::{
    CsrfError,
    failure_text::{UNAVAILABLE, status_and_text},
};

/// A request that cannot be served because of its session, and the response that says so.
///
/// A [`SessionError`] converts into it, so a handler may return it and use `?`. Its `Display` is meant for the visitor and has
/// no ids, keys or other internals; [`source`](Error::source) has the details.
///
/// | status | when |
/// |---|---|
/// | 400 | a form ended before it was complete |
/// | 401 | a sign-in is required |
/// | 403 | a fresher sign-in is required, or one of a higher level, or the [`CsrfLayer`](crate::CsrfLayer) refused the request |
/// | 409 | the session ended or changed meanwhile, the owner has too many sessions, or a token was already used |
/// | 413 | the session, or a form to be checked, would be too large |
/// | 500 | the layer is missing, the stored session cannot be read, or a value has another type than expected |
/// | 503 | the store or the source of entropy failed; with `Retry-After` if nothing can have been changed |
///
/// The layer saves no change of the session if the response carries a failure. Layers outside find it among the extensions of
/// the response.
///
/// # In an error of the application
///
/// All that a handler does with a session fails with a [`SessionError`], so one `From` is enough:
///
/// ```
/// use axum::{http::StatusCode, response::{IntoResponse, Response}};
/// use session_core::SessionError;
/// use session_tower::{Session, SessionFailure};
///
/// #[derive(Debug, thiserror::Error)]
/// enum AppError {
///     #[error(transparent)]
///     Session(#[from] SessionError),
///     #[error("a file cannot be read")]
///     File(#[from] std::io::Error),
/// }
///
/// impl IntoResponse for AppError {
///     fn into_response(self) -> Response {
///         match self {
///             // The right status, and nothing of the session is saved.
///             Self::Session(error) => SessionFailure::from(error).into_response(),
///             Self::File(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
///         }
///     }
/// }
///
/// async fn page(session: Session) -> Result<Vec<u8>, AppError> {
///     session.set("owner", session.require_owner()?)?;
///     session.save().await?;
///     Ok(std::fs::read("page.html")?)
/// }
/// # let _: axum::Router = axum::Router::new().route("/", axum::routing::get(page));
/// ```
///
/// [`find`](Self::find) does it for a box, such as `anyhow::Error`.
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
    /// The session could not be opened, changed or saved, or the handler demands a sign-in.
    #[error(transparent)]
    Session(#[from] SessionError),
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
        // HTTP demands a challenge, and some clients fail without one. Browsers ignore a scheme that they do not know.
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Cookie"));
        }
        // A program repeats the request by itself then, which must not make a change twice.
        if text == UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }

    /// Returns the failure of a session that is `error` or one of its causes: for an application that keeps all its errors in
    /// a box, such as in `anyhow::Error`, or adds what it was doing.
    ///
    /// ```
    /// use std::error::Error;
    ///
    /// use axum::{http::StatusCode, response::{IntoResponse, Response}};
    /// use session_tower::{Session, SessionFailure};
    ///
    /// struct AnyError(Box<dyn Error + Send + Sync>);
    ///
    /// impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for AnyError {
    ///     fn from(error: E) -> Self {
    ///         Self(error.into())
    ///     }
    /// }
    ///
    /// impl IntoResponse for AnyError {
    ///     fn into_response(self) -> Response {
    ///         match SessionFailure::find(&*self.0) {
    ///             Some(failure) => failure.into_response(),
    ///             None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    ///         }
    ///     }
    /// }
    ///
    /// async fn count(session: Session) -> Result<String, AnyError> {
    ///     let seen: u32 = session.get_or_default("seen")?;
    ///     session.set("seen", seen + "1".parse::<u32>()?)?;
    ///     Ok(session.require_owner()?)
    /// }
    /// # let _: axum::Router = axum::Router::new().route("/", axum::routing::get(count));
    /// ```
    #[must_use]
    pub fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        let ours = |error: &(dyn Error + 'static)| {
            let failure = error.downcast_ref::<Self>().cloned();
            failure.or_else(|| Some(error.downcast_ref::<SessionError>()?.clone().into()))
        };
        successors(Some(error), |&error| error.source()).find_map(ours)
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

    /// Logs the details that the response must not have, but for what the core has logged.
    pub(crate) fn log(&self) {
        use SessionError::{Conflict, Full, Gone, Record, SignInRequired, Store, Unknown, Withheld};
        let FailureCause::Session(error) = self.cause() else { return };
        if let Store(_) | Record(_) | Unknown | Conflict { .. } | Gone | Full | Withheld | SignInRequired(_) =
            error
        {
            return;
        }
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

impl From<CsrfError> for SessionFailure {
    fn from(error: CsrfError) -> Self {
        FailureCause::Csrf(error).into()
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
