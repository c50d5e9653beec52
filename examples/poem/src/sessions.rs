use std::sync::Arc;

use poem::{Endpoint, IntoResponse, Middleware, Request, Response, http::StatusCode};
use session_http::{Answering, HttpSessions, RequestHead, RequestSession, Verdict};

use crate::SessionFailure;

/// The middleware that gives every request its session, and saves it when the response is ready.
#[derive(Debug, Clone)]
pub struct Sessions(pub HttpSessions);

/// An endpoint within [`Sessions`].
#[derive(Debug)]
pub struct SessionsEndpoint<E>(E, HttpSessions);

/// Makes the middleware drop what is not saved yet, if it is among the data of the response.
#[derive(Debug, Clone, Copy)]
pub struct DiscardChanges;

impl<E: Endpoint> Middleware<E> for Sessions {
    type Output = SessionsEndpoint<E>;

    fn transform(&self, inner: E) -> SessionsEndpoint<E> {
        SessionsEndpoint(inner, self.0.clone())
    }
}

impl<E: Endpoint> Endpoint for SessionsEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let Self(inner, sessions) = self;
        let session = Arc::new(RequestSession::new(sessions));
        request.set_data(Arc::clone(&session));
        let way = sessions.sign_in_location(&head(&request));
        let answering = Answering::new(session);
        let mut response = inner.call(request).await.map_or_else(response_of, IntoResponse::into_response);
        if let Err(failure) = answering.save(verdict(&response)).await {
            response = response_of(SessionFailure(failure).into());
        }
        let signs_in = response.data().is_some_and(|SessionFailure(failure)| failure.requires_sign_in());
        if let Some(way) = way.filter(|_| signs_in) {
            response = Response::builder().status(StatusCode::SEE_OTHER).header("location", way).finish();
        }
        answering.end(response.headers_mut());
        Ok(response)
    }
}

fn verdict(response: &Response) -> Verdict {
    match response.data() {
        Some(SessionFailure(failure)) => Verdict::of_failure(failure),
        None if response.data::<DiscardChanges>().is_some() => Verdict::Discard,
        None => Verdict::of_status(response.status().as_u16()),
    }
}

/// Makes the response of an error. If the error is one of ours, the response carries it.
fn response_of(error: poem::Error) -> Response {
    let failure = error.downcast_ref::<SessionFailure>().cloned();
    let mut response = error.into_response();
    failure.into_iter().for_each(|failure| response.set_data(failure));
    response
}

/// The head of a request as `session-http` sees it. The path is the one that the browser asked for.
pub(crate) fn head(request: &Request) -> RequestHead<'_> {
    RequestHead::new(request.method(), request.original_uri(), request.headers(), request.extensions())
}
