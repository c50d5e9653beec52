use std::{error::Error, fmt, iter::successors, ops::Deref};

use axum_core::body::Body;
use http::{HeaderName, HeaderValue, Response};

/// A request that cannot be served because of its session, and the response that says so.
///
/// A [`SessionError`](session_core::SessionError) converts into it, so a handler may return it and use `?`. Its `Display` is meant for the visitor and has
/// no ids, keys or other internals; [`source`](Error::source) has the details.
///
/// | status | when |
/// |---|---|
/// | 400 | a form ended before it was complete, or the name of an owner or device is empty or too long |
/// | 401 | a sign-in is required |
/// | 403 | a fresher sign-in is required, or one of a higher level, a guard demands something else, or the [`CsrfLayer`](crate::CsrfLayer) refused the request |
/// | 409 | the session ended or changed meanwhile, the owner has too many sessions, or a token was already used |
/// | 413 | the session, or a form to be checked, would be too large |
/// | 500 | the layer is missing, the stored session cannot be read, a value has another type than expected, or the handler failed otherwise |
/// | 503 | the store or the source of entropy failed; with `Retry-After` if nothing can have been changed |
///
/// The layer saves no change of the session if the response carries a failure. Layers outside find it among the extensions of
/// the response.
///
/// # In an error of the application
///
/// All that a handler does with a session fails with a [`SessionError`](session_core::SessionError), so one `From` is enough:
///
/// ```
/// use axum::{http::StatusCode, response::{IntoResponse, Response}};
/// use alo_session::{Session, SessionError, SessionFailure};
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
/// An application without an error type of its own lets its handlers return [`AnyError`](crate::AnyError), and
/// [`find`](Self::find) is for boxes such as `anyhow::Error`.
///
/// It derefs to [`session_http::SessionFailure`], which has the [status](session_http::SessionFailure::status) and the
/// [cause](session_http::SessionFailure::cause).
#[derive(Debug, Clone)]
pub struct SessionFailure(session_http::SessionFailure);

impl SessionFailure {
    /// Returns why the request failed. It is here too, because [`Error`] has a deprecated method of that name, which would be
    /// taken where that trait is imported.
    #[must_use]
    pub fn cause(&self) -> &session_http::FailureCause {
        self.0.cause()
    }

    /// Returns a plain text response with the status and the message of the failure. A handler's response is better made by
    /// [`into_marked_response`](Self::into_marked_response), or by `?`: with this one, and with one of your own, the changes are
    /// saved unless it carries [`DiscardChanges`](crate::DiscardChanges).
    #[must_use]
    pub fn to_response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.text()));
        *response.status_mut() = self.status();
        for (name, value) in self.headers() {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response
    }

    /// Returns the failure of a session that is `error` or one of its causes: for an application that keeps all its errors in
    /// a box, such as in `anyhow::Error`, or adds what it was doing.
    ///
    /// ```
    /// use axum::{http::StatusCode, response::{IntoResponse, Response}};
    /// use alo_session::SessionFailure;
    ///
    /// struct BoxedError(Box<dyn std::error::Error + Send + Sync>);
    ///
    /// impl IntoResponse for BoxedError {
    ///     fn into_response(self) -> Response {
    ///         match SessionFailure::find(&*self.0) {
    ///             Some(failure) => failure.into_response(),
    ///             None => StatusCode::IM_A_TEAPOT.into_response(),
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// [`AnyError`](crate::AnyError) is such a box.
    #[must_use]
    pub fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        let ours = |error: &(dyn Error + 'static)| error.downcast_ref::<Self>().cloned();
        let found = successors(Some(error), |&error| error.source()).find_map(ours);
        found.or_else(|| session_http::SessionFailure::find(error).map(Self))
    }

    /// Returns the failure of a handler with this error: that of the session if [`find`](Self::find) finds one, and else
    /// [`FailureCause::Other`](crate::FailureCause).
    #[must_use]
    pub fn of(error: Box<dyn Error + Send + Sync>) -> Self {
        Self::find(&*error).unwrap_or_else(|| Self(session_http::SessionFailure::of(error)))
    }

    pub(crate) fn missing_layer<K>() -> Self {
        Self(session_http::SessionFailure::missing_layer::<K>("SessionLayer::new(…)"))
    }

    pub(crate) fn missing_csrf_layer() -> Self {
        Self(session_http::SessionFailure::missing_csrf_layer("CsrfLayer::new()"))
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

impl Deref for SessionFailure {
    type Target = session_http::SessionFailure;

    fn deref(&self) -> &session_http::SessionFailure {
        &self.0
    }
}

/// The error of a session and of the CSRF protection, and a [`FailureCause`](crate::FailureCause).
impl<E> From<E> for SessionFailure
where
    session_http::SessionFailure: From<E>,
{
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for SessionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for SessionFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
