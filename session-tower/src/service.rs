use std::{
    sync::Arc,
    task::{Context, Poll},
};

use axum_core::{BoxError, body::Body};
use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use crate::{ResponseFuture, layer_options::LayerOptions, slot::Slot};

/// A service that [`SessionLayer`](crate::SessionLayer) wraps.
#[derive(Debug, Clone)]
pub struct SessionService<T> {
    inner: T,
    options: Arc<LayerOptions>,
}

impl<T> SessionService<T> {
    pub(crate) const fn new(inner: T, options: Arc<LayerOptions>) -> Self {
        Self { inner, options }
    }
}

impl<T, ReqBody, ResBody> Service<Request<ReqBody>> for SessionService<T>
where
    T: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: http_body::Body<Data = Bytes> + Send + 'static,
    ResBody::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = T::Error;
    type Future = ResponseFuture<T::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        let slot = Arc::new(Slot::new(Arc::clone(&self.options)));
        request.extensions_mut().insert(Arc::clone(&slot));
        ResponseFuture::new(self.inner.call(request), slot)
    }
}
