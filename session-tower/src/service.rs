use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use axum_core::{BoxError, body::Body};
use bytes::Bytes;
use http::{Request, Response};
use session_http::Kind;
use tower_service::Service;

use crate::{Main, ResponseFuture, answering::Answering, layer_options::LayerOptions, placed::Placed};

/// A service that [`SessionLayer`](crate::SessionLayer) wraps.
pub struct SessionService<T, K = Main> {
    inner: T,
    options: Arc<LayerOptions>,
    kind: Kind<K>,
}

impl<T, K> SessionService<T, K> {
    pub(crate) const fn new(inner: T, options: Arc<LayerOptions>) -> Self {
        Self { inner, options, kind: Kind::new() }
    }
}

impl<T, K, ReqBody, ResBody> Service<Request<ReqBody>> for SessionService<T, K>
where
    T: Service<Request<ReqBody>, Response = Response<ResBody>>,
    K: 'static,
    ResBody: http_body::Body<Data = Bytes> + Send + 'static,
    ResBody::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = T::Error;
    type Future = ResponseFuture<T::Future, T::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let Some(placed) = Placed::<K>::place(&mut request, &self.options) else {
            return ResponseFuture::new(self.inner.call(request), None);
        };
        let (request, answering) = Answering::of(request, placed);
        ResponseFuture::new(self.inner.call(request), Some(answering))
    }
}

impl<T: Clone, K> Clone for SessionService<T, K> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), options: Arc::clone(&self.options), kind: self.kind }
    }
}

impl<T: fmt::Debug, K> fmt::Debug for SessionService<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionService")
            .field("inner", &self.inner)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
