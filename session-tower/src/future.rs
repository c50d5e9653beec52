use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum_core::{BoxError, body::Body};
use bytes::Bytes;
use http::Response;
use pin_project_lite::pin_project;

use crate::answering::{Answer, Answering, SavingResponse};

pin_project! {
    /// The future of a [`SessionService`](crate::SessionService). It is ready when the session is saved.
    pub struct ResponseFuture<F, E> {
        // `None` if the same layer is around this one, and when the response is there. It is dropped before the service inside,
        // to see whether that was saving.
        answering: Option<Answering>,
        // In a box, because most responses wait for no save, and this future is moved with every request.
        saving: Option<Box<SavingResponse<E>>>,
        #[pin]
        inner: F,
    }
}

impl<F, E> ResponseFuture<F, E> {
    pub(crate) const fn new(inner: F, answering: Option<Answering>) -> Self {
        Self { inner, answering, saving: None }
    }
}

impl<F, B, E> Future for ResponseFuture<F, E>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = match this.saving.take() {
            Some(saving) => saving.poll(cx),
            None => {
                let outcome = ready!(this.inner.poll(cx)).map(|response| response.map(Body::new));
                let Some(answering) = this.answering.take() else {
                    return Poll::Ready(outcome);
                };
                answering.answer(outcome, cx)
            }
        };
        match answer {
            Answer::Ready(outcome) => Poll::Ready(outcome),
            Answer::Saving(saving) => {
                *this.saving = Some(saving);
                Poll::Pending
            }
        }
    }
}

impl<F, E> fmt::Debug for ResponseFuture<F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").field("saving", &self.saving.is_some()).finish_non_exhaustive()
    }
}
