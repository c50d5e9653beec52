use std::{error::Error, fmt, iter::successors, ops::Deref};

use actix_web::{
    HttpResponse, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};

/// A request that cannot be served because of its session, and the response that says so.
///
/// A [`SessionError`](session_core::SessionError) converts into it, so a handler may return it and use `?`. It converts into
/// [`actix_web::Error`] in turn. It derefs to [`session_http::SessionFailure`], which has the causes and the table of statuses.
///
/// The middleware saves no change of the session if the response carries a failure. Middleware outside find it among the
/// extensions of the response.
#[derive(Debug, Clone)]
pub struct SessionFailure(session_http::SessionFailure);

impl SessionFailure {
    /// Returns why the request failed. It is here too, because [`Error`] has a deprecated method of that name, which would be
    /// taken where that trait is imported.
    #[must_use]
    pub fn cause(&self) -> &session_http::FailureCause {
        self.0.cause()
    }

    /// Returns the status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Returns the failure of a session that is `error` or one of its causes: for an application that keeps all its errors in
    /// a box, such as in `anyhow::Error`, or adds what it was doing. Its `error_response` is
    /// `SessionFailure::find(..)` and then [`error_response`](ResponseError::error_response).
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

    /// Returns a plain text response with the status and the message of the failure. A handler's response is better made by
    /// [`error_response`](ResponseError::error_response), which the middleware recognises as that of a failure: with
    /// this one, and with one of your own, the changes are saved unless it carries [`DiscardChanges`](crate::DiscardChanges).
    #[must_use]
    pub fn to_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status());
        for (name, value) in self.headers() {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        response.set_body(BoxBody::new(self.text()))
    }
}

/// Makes the response of a failure. The middleware recognises it: it saves no change and lets
/// [`on_error`](crate::SessionMiddleware::on_error) render it. An error type of the application that has a failure in it returns
/// the failure's response.
///
/// ```
/// use actix_web::{HttpResponse, ResponseError};
/// use alo_session::{SessionError, actix::{Session, SessionFailure}};
///
/// #[derive(Debug, thiserror::Error)]
/// enum AppError {
///     #[error(transparent)]
///     Session(#[from] SessionError),
///     #[error("a file cannot be read")]
///     File(#[from] std::io::Error),
/// }
///
/// impl ResponseError for AppError {
///     fn error_response(&self) -> HttpResponse {
///         match self {
///             // The right status, and nothing of the session is saved.
///             Self::Session(error) => SessionFailure::from(error.clone()).error_response(),
///             Self::File(_) => HttpResponse::InternalServerError().finish(),
///         }
///     }
/// }
///
/// async fn page(session: Session) -> Result<Vec<u8>, AppError> {
///     session.set("owner", session.require_owner()?)?;
///     session.save().await?;
///     Ok(std::fs::read("page.html")?)
/// }
/// # let _ = actix_web::App::new().route("/", actix_web::web::get().to(page));
/// ```
impl ResponseError for SessionFailure {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        let mut response = self.to_response();
        response.extensions_mut().insert(self.clone());
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
