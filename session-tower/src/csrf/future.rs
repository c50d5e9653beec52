use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use axum_core::{BoxError, body::Body};
use bytes::Bytes;
use http::Response;
use pin_project_lite::pin_project;

pin_project! {
    /// The future of a [`CsrfService`](crate::CsrfService).
    pub struct CsrfFuture<F, E> {
        #[pin]
        kind: Kind<F, E>,
    }
}

pin_project! {
    #[project = KindProjection]
    enum Kind<F, E> {
        Passed { #[pin] inner: F },
        Checked { inner: Checked<E> },
    }
}

type Checked<E> = Pin<Box<dyn Future<Output = Result<Response<Body>, E>> + Send>>;

impl<F, E> CsrfFuture<F, E> {
    pub(super) const fn passed(inner: F) -> Self {
        Self { kind: Kind::Passed { inner } }
    }

    pub(super) fn checked(inner: impl Future<Output = Result<Response<Body>, E>> + Send + 'static) -> Self {
        let inner = Box::pin(inner);
        Self { kind: Kind::Checked { inner } }
    }
}

impl<F, B, E> Future for CsrfFuture<F, E>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            KindProjection::Passed { inner } => inner.poll(cx).map_ok(|response| response.map(Body::new)),
            KindProjection::Checked { inner } => inner.as_mut().poll(cx),
        }
    }
}

impl<F, E> fmt::Debug for CsrfFuture<F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrfFuture").finish_non_exhaustive()
    }
}
