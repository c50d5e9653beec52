use std::{error::Error, fmt};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};

use crate::SessionFailure;

/// The error of a handler that may fail for any reason: `?` makes one of every error, and it knows its response. It converts into
/// [`actix_web::Error`].
///
/// An error of the session, also below others, becomes its [`SessionFailure`]. Any other error is a 500 with a sentence for the
/// visitor; what it says, with its causes, is for the log alone. Either way nothing of the session is saved.
///
/// ```
/// use alo_session::actix::{AnyError, Session};
///
/// async fn count(session: Session) -> Result<String, AnyError> {
///     let seen: u32 = session.get_or_default("seen")?;
///     session.set("seen", seen + "1".parse::<u32>()?)?;
///     Ok(std::fs::read_to_string("page.html")?)
/// }
/// # let _ = actix_web::App::new().route("/", actix_web::web::get().to(count));
/// ```
pub struct AnyError(SessionFailure);

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for AnyError {
    fn from(error: E) -> Self {
        Self(SessionFailure::of(error.into()))
    }
}

impl ResponseError for AnyError {
    fn status_code(&self) -> StatusCode {
        self.0.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.0.error_response()
    }
}

impl fmt::Display for AnyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for AnyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyError").field(self.0.cause()).finish()
    }
}
