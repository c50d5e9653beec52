use std::{
    fmt,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage as _,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, forward_ready},
};
use pin_project_lite::pin_project;
use session_http::{CsrfChecks, CsrfError, Kind, Main};

use super::{CsrfVerdict, beginning::Beginning, options::CsrfOptions};
use crate::{SessionFailure, placed::Placed};

/// A service that [`CsrfMiddleware`](crate::CsrfMiddleware) wraps.
pub struct CsrfService<S, K = Main> {
    inner: Rc<S>,
    options: Arc<CsrfOptions>,
    kind: Kind<K>,
}

impl<S, K> CsrfService<S, K> {
    pub(super) fn new(inner: S, options: Arc<CsrfOptions>) -> Self {
        Self { inner: Rc::new(inner), options, kind: Kind::new() }
    }
}

impl<S, B, K> Service<ServiceRequest> for CsrfService<S, K>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
    K: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = CsrfFuture<S::Future, B>;

    forward_ready!(inner);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let slot = Placed::<K>::find(request.request());
        let session = slot.as_ref().map(|slot| &*slot.request);
        let Some(checks) = self.options.checks(request.request(), session) else {
            return CsrfFuture { state: State::Passed { inner: self.inner.call(request) } };
        };
        let (inner, options) = (Rc::clone(&self.inner), Arc::clone(&self.options));
        let inner = Box::pin(async move {
            match check::<K>(&options, &mut request, checks).await {
                Ok(verdict) => {
                    CsrfVerdict::add(verdict, &request);
                    inner.call(request).await.map(ServiceResponse::map_into_left_body)
                }
                Err(failure) => Ok(request.error_response(failure).map_into_right_body()),
            }
        });
        CsrfFuture { state: State::Checked { inner } }
    }
}

/// Returns whether the request passes. Its payload is whole afterwards.
async fn check<K: 'static>(
    options: &CsrfOptions,
    request: &mut ServiceRequest,
    checks: CsrfChecks,
) -> Result<Result<(), CsrfError>, SessionFailure> {
    let slot = if checks.has_token() { Some(Placed::<K>::slot(request.request())?) } else { None };
    let mut body = Beginning::new(request.take_payload());
    let verdict = options.check(request.request(), slot.as_deref(), &mut body, checks).await;
    request.set_payload(body.into_payload());
    verdict
}

pin_project! {
    /// The future of a [`CsrfService`].
    pub struct CsrfFuture<F, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B> {
        // A safe request needs no verdict.
        Passed { #[pin] inner: F },
        Checked { inner: Checked<B> },
    }
}

type Checked<B> = Pin<Box<dyn Future<Output = Result<ServiceResponse<EitherBody<B>>, Error>>>>;

impl<F, B> Future for CsrfFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Passed { inner } => {
                inner.poll(cx).map(|outcome| outcome.map(ServiceResponse::map_into_left_body))
            }
            StateProjection::Checked { inner } => inner.as_mut().poll(cx),
        }
    }
}

impl<S: fmt::Debug, K> fmt::Debug for CsrfService<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrfService")
            .field("inner", &self.inner)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl<F, B> fmt::Debug for CsrfFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrfFuture").finish_non_exhaustive()
    }
}
