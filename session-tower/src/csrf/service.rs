use std::{
    mem,
    sync::Arc,
    task::{Context, Poll},
};

use axum_core::{BoxError, body::Body as AxumBody};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::{CsrfFuture, rules::Rules};

/// A service that [`CsrfLayer`](crate::CsrfLayer) wraps.
#[derive(Debug, Clone)]
pub struct CsrfService<T> {
    inner: T,
    rules: Arc<Rules>,
}

impl<T> CsrfService<T> {
    pub(super) const fn new(inner: T, rules: Arc<Rules>) -> Self {
        Self { inner, rules }
    }
}

impl<T, ReqBody, ResBody> Service<Request<ReqBody>> for CsrfService<T>
where
    T: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone + Send + 'static,
    T::Future: Send,
    ReqBody: Body + From<Bytes> + Send + 'static,
    ReqBody::Data: Send,
    ReqBody::Error: Send,
    ResBody: Body<Data = Bytes> + Send + 'static,
    ResBody::Error: Into<BoxError>,
{
    type Response = Response<AxumBody>;
    type Error = T::Error;
    type Future = CsrfFuture<T::Future, T::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        if !self.rules.apply_to(&request) {
            return CsrfFuture::passed(self.inner.call(request));
        }
        // The service that is ready must be called; its clone may not be ready.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let rules = Arc::clone(&self.rules);
        CsrfFuture::checked(async move {
            match rules.check(request).await {
                Ok(request) => inner.call(request).await.map(|response| response.map(AxumBody::new)),
                Err(failure) => Ok(failure.into_marked_response()),
            }
        })
    }
}
