use std::{
    fmt, mem,
    sync::Arc,
    task::{Context, Poll},
};

use axum_core::{BoxError, body::Body};
use bytes::Bytes;
use http::{Request, Response};
use session_http::Kind;
use tower_service::Service;

use super::{CsrfFuture, protection::Protection};
use crate::Main;

/// A service that [`CsrfLayer`](crate::CsrfLayer) wraps.
pub struct CsrfService<T, K = Main> {
    inner: T,
    protection: Arc<Protection>,
    kind: Kind<K>,
}

impl<T, K> CsrfService<T, K> {
    pub(super) const fn new(inner: T, protection: Arc<Protection>) -> Self {
        Self { inner, protection, kind: Kind::new() }
    }
}

impl<T: Clone, K> Clone for CsrfService<T, K> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), protection: Arc::clone(&self.protection), kind: self.kind }
    }
}

impl<T: fmt::Debug, K> fmt::Debug for CsrfService<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrfService")
            .field("inner", &self.inner)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl<T, K, ReqBody, ResBody> Service<Request<ReqBody>> for CsrfService<T, K>
where
    K: 'static,
    T: Service<Request<Body>, Response = Response<ResBody>> + Clone + Send + 'static,
    T::Future: Send,
    ReqBody: http_body::Body<Data = Bytes> + Send + 'static,
    ReqBody::Error: Into<BoxError>,
    ResBody: http_body::Body<Data = Bytes> + Send + 'static,
    ResBody::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = T::Error;
    type Future = CsrfFuture<T::Future, T::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let request = request.map(Body::new);
        let Some(checks) = self.protection.checks::<K>((&request).into()) else {
            return CsrfFuture::passed(self.inner.call(request));
        };
        // The service that is ready must be called; its clone may not be ready.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let protection = Arc::clone(&self.protection);
        CsrfFuture::checked(async move {
            match protection.check::<K>(request, checks).await {
                Ok(request) => inner.call(request).await.map(|response| response.map(Body::new)),
                Err(failure) => Ok(failure.into_marked_response()),
            }
        })
    }
}
