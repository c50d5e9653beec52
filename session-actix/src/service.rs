use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, forward_ready},
};
use pin_project_lite::pin_project;
use session_http::{Kind, Main, Saving};

use crate::{finishing::Finishing, options::Options, outcome::Outcome, placed::Placed};

/// A service that [`SessionMiddleware`](crate::SessionMiddleware) wraps.
pub struct SessionService<S, K = Main> {
    inner: S,
    options: Arc<Options>,
    kind: Kind<K>,
}

impl<S, K> SessionService<S, K> {
    pub(crate) const fn new(inner: S, options: Arc<Options>) -> Self {
        Self { inner, options, kind: Kind::new() }
    }
}

impl<S, K, B> Service<ServiceRequest> for SessionService<S, K>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    K: 'static,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = ResponseFuture<S::Future, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let slot = Placed::<K>::place(&request, &self.options);
        let finishing = slot.map(|slot| Finishing::new(slot, request.head()));
        ResponseFuture { finishing, waiting: None, inner: self.inner.call(request) }
    }
}

pin_project! {
    /// The future of a [`SessionService`]. It is ready when the session is saved.
    pub struct ResponseFuture<F, B> {
        // `None` if the same middleware is around this one, and when the response is there. It is dropped before the service
        // inside, to see whether that was saving.
        finishing: Option<Finishing>,
        waiting: Option<Waiting<B>>,
        #[pin]
        inner: F,
    }
}

/// A response that waits until its session is saved.
struct Waiting<B> {
    finishing: Finishing,
    saving: Saving,
    outcome: Outcome<B>,
}

impl<F, B> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut waiting = match this.waiting.take() {
            Some(waiting) => waiting,
            None => {
                let outcome = ready!(this.inner.poll(cx));
                let Some(finishing) = this.finishing.take() else {
                    return Poll::Ready(outcome.map(ServiceResponse::map_into_left_body));
                };
                let (outcome, saving) = finishing.begin_save(Outcome::new(outcome));
                // Most requests only read, and need no future to save.
                let Some(saving) = saving else {
                    return Poll::Ready(finishing.end(Ok(()), outcome).into_result());
                };
                Waiting { finishing, saving, outcome }
            }
        };
        match Pin::new(&mut waiting.saving).poll(cx) {
            Poll::Ready(saved) => Poll::Ready(waiting.finishing.end(saved, waiting.outcome).into_result()),
            Poll::Pending => {
                *this.waiting = Some(waiting);
                Poll::Pending
            }
        }
    }
}

impl<S: fmt::Debug, K> fmt::Debug for SessionService<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionService")
            .field("inner", &self.inner)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl<F, B> fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").field("waiting", &self.waiting.is_some()).finish_non_exhaustive()
    }
}
