use std::{error::Error, fmt};

use poem::{Response, error::ResponseError, http::StatusCode};

/// A request that cannot be served because of its session: the error of handlers, to which `?` turns every error of a session.
#[derive(Debug, Clone)]
pub struct SessionFailure(pub session_http::SessionFailure);

impl<E> From<E> for SessionFailure
where
    session_http::SessionFailure: From<E>,
{
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl ResponseError for SessionFailure {
    fn status(&self) -> StatusCode {
        self.0.status()
    }

    fn as_response(&self) -> Response {
        self.0.log();
        let response = Response::builder().status(self.0.status());
        let add = |response: poem::ResponseBuilder, (name, value)| response.header::<&str, &str>(name, value);
        self.0.headers().fold(response, add).body(self.0.text())
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
