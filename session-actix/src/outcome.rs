use actix_web::{Error, HttpResponse, body::EitherBody, dev::ServiceResponse, error::InternalError};
use session_http::Answering;

use crate::{ResponseHead, head::Answered};

/// What the service inside gave: a response, or an error, for which actix-web makes a response later. Either may need the
/// session's cookie, so the response of an error is made at once.
pub(crate) enum Outcome<B> {
    Response(ServiceResponse<EitherBody<B>>),
    Error {
        error: Error,
        response: HttpResponse,
        /// Whether it is not the error's own response any more.
        is_changed: bool,
    },
}

impl<B> Outcome<B> {
    pub(crate) fn new(outcome: Result<ServiceResponse<B>, Error>) -> Self {
        match outcome {
            Ok(response) => Self::Response(response.map_into_left_body()),
            Err(error) => Self::Error { response: error.error_response(), error, is_changed: false },
        }
    }

    pub(crate) fn head(&self) -> ResponseHead<'_> {
        match self {
            Self::Response(response) => response.response().into(),
            Self::Error { response, .. } => response.into(),
        }
    }

    /// Returns a copy of what the response carries.
    pub(crate) fn carried<T: Clone + 'static>(&self) -> Option<T> {
        self.head().extensions.get::<T>().cloned()
    }

    pub(crate) fn carry<T: 'static>(&mut self, value: T) {
        match self {
            Self::Response(response) => _ = response.response_mut().extensions_mut().insert(value),
            Self::Error { response, .. } => _ = response.extensions_mut().insert(value),
        }
    }

    /// Puts another response in its place.
    pub(crate) fn replace(self, by: HttpResponse) -> Self {
        match self {
            Self::Response(response) => Self::Response(response.into_response(by.map_into_right_body())),
            Self::Error { error, .. } => Self::Error { error, response: by, is_changed: true },
        }
    }

    /// Writes the head.
    pub(crate) fn end(&mut self, answering: Answering) {
        match self {
            Self::Response(response) => answering.end(&mut Answered::new(response.headers_mut())),
            Self::Error { response, is_changed, .. } => {
                let mut headers = Answered::new(response.headers_mut());
                answering.end(&mut headers);
                *is_changed |= headers.is_changed;
            }
        }
    }

    pub(crate) fn into_result(self) -> Result<ServiceResponse<EitherBody<B>>, Error> {
        match self {
            Self::Response(response) => Ok(response),
            Self::Error { error, response, is_changed: true } => {
                Err(InternalError::from_response(error, response).into())
            }
            // It keeps its type for middleware outside.
            Self::Error { error, .. } => Err(error),
        }
    }
}
