use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum_core::body::Body;
use http::{HeaderValue, Request, Response, StatusCode, header::LOCATION, request::Parts};
use session_http::{Saving, Verdict};

use crate::{
    DiscardChanges, RequestHead, ResponseHead, SessionFailure, layer_options::LayerOptions, placed::Placed,
};

/// A request on its way to its response. Dropping it means that the head is out, or that none will come.
pub(crate) struct Answering {
    http: session_http::Answering,
    options: Arc<LayerOptions>,
    /// Kept only for `on_error`, because the request is used up when a failure is rendered.
    head: Option<Box<Parts>>,
    /// The way to the sign-in page.
    way: Option<HeaderValue>,
}

/// The response, or the error of the service inside.
pub(crate) type Outcome<E> = Result<Response<Body>, E>;

/// How far a response is.
pub(crate) enum Answer<E> {
    Ready(Outcome<E>),
    Saving(Box<SavingResponse<E>>),
}

/// A response that waits until its session is saved.
pub(crate) struct SavingResponse<E> {
    // It is dropped before the save, to see that it is under way.
    answering: Answering,
    outcome: Outcome<E>,
    save: Saving,
}

/// The mark of a failure that is rendered.
#[derive(Clone, Copy)]
struct Rendered;

impl Answering {
    pub(crate) fn of<B, K>(request: Request<B>, placed: Placed<K>) -> (Request<B>, Self) {
        let Placed { request: session, options, .. } = placed;
        let http = session_http::Answering::new(session);
        let way = options.sessions.sign_in_location(&RequestHead::from(&request));
        let way = way.and_then(|way| HeaderValue::try_from(way).ok());
        if options.on_error.is_none() {
            return (request, Self { http, options, head: None, way });
        }
        let (parts, body) = request.into_parts();
        let head = Some(Box::new(parts.clone()));
        (Request::from_parts(parts, body), Self { http, options, head, way })
    }

    /// Takes what the service inside gave.
    pub(crate) fn answer<E>(self, mut outcome: Outcome<E>, cx: &mut Context<'_>) -> Answer<E> {
        let verdict = self.judge(&mut outcome);
        let Some(mut save) = self.http.begin_save(verdict) else {
            return Answer::Ready(self.end(outcome));
        };
        match Pin::new(&mut save).poll(cx) {
            Poll::Ready(saved) => Answer::Ready(self.end_saved(saved, outcome)),
            Poll::Pending => Answer::Saving(Box::new(SavingResponse { answering: self, outcome, save })),
        }
    }

    fn end_saved<E>(
        self,
        saved: Result<(), session_http::SessionFailure>,
        mut outcome: Outcome<E>,
    ) -> Outcome<E> {
        if let (Err(failure), Ok(response)) = (saved, &mut outcome) {
            let failure = SessionFailure::from(failure);
            *response = failure.clone().into_marked_response();
            self.render(failure, response);
        }
        self.end(outcome)
    }

    fn judge<E>(&self, outcome: &mut Outcome<E>) -> Verdict {
        let Ok(response) = outcome else {
            return Verdict::Discard;
        };
        if let Some(failure) = response.extensions().get::<SessionFailure>().cloned() {
            let verdict = Verdict::of_failure(&failure);
            // A layer of another kind, inside of this one, may have rendered it.
            if response.extensions().get::<Rendered>().is_none() {
                self.render(failure, response);
            }
            return verdict;
        }
        let saves = response.extensions().get::<DiscardChanges>().is_none()
            && (self.options.save_when)(ResponseHead::from(&*response));
        if saves { Verdict::Save } else { Verdict::Discard }
    }

    /// Puts the response that the application wishes for a failure in place of the plain one.
    fn render(&self, failure: SessionFailure, response: &mut Response<Body>) {
        *response = match (&self.way, &self.options.on_error, &self.head) {
            (Some(way), _, _) if failure.requires_sign_in() => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::SEE_OTHER;
                response.headers_mut().insert(LOCATION, way.clone());
                response
            }
            (_, Some(render), Some(head)) => render(&failure, RequestHead::from(&**head)),
            _ => return,
        };
        response.extensions_mut().insert(failure);
        response.extensions_mut().insert(Rendered);
    }

    fn end<E>(self, mut outcome: Outcome<E>) -> Outcome<E> {
        match &mut outcome {
            Ok(response) => self.http.end(response.headers_mut()),
            Err(_) => self.http.end_without_head(),
        }
        outcome
    }
}

impl<E> SavingResponse<E> {
    pub(crate) fn poll(mut self: Box<Self>, cx: &mut Context<'_>) -> Answer<E> {
        match Pin::new(&mut self.save).poll(cx) {
            Poll::Ready(saved) => {
                let Self { answering, outcome, .. } = *self;
                Answer::Ready(answering.end_saved(saved, outcome))
            }
            Poll::Pending => Answer::Saving(self),
        }
    }
}
