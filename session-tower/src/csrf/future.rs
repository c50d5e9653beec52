use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

pin_project! {
    /// The future of a [`CsrfService`](crate::CsrfService).
    pub struct CsrfFuture<F, R, E> {
        #[pin]
        kind: Kind<F, R, E>,
    }
}

pin_project! {
    #[project = KindProjection]
    enum Kind<F, R, E> {
        Passed { #[pin] inner: F },
        Checked { inner: Checked<R, E> },
    }
}

type Checked<R, E> = Pin<Box<dyn Future<Output = Result<R, E>> + Send>>;

impl<F, R, E> CsrfFuture<F, R, E> {
    pub(super) const fn passed(inner: F) -> Self {
        Self { kind: Kind::Passed { inner } }
    }

    pub(super) fn checked(inner: impl Future<Output = Result<R, E>> + Send + 'static) -> Self {
        let inner = Box::pin(inner);
        Self { kind: Kind::Checked { inner } }
    }
}

impl<F: Future<Output = Result<R, E>>, R, E> Future for CsrfFuture<F, R, E> {
    type Output = Result<R, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            KindProjection::Passed { inner } => inner.poll(cx),
            KindProjection::Checked { inner } => inner.as_mut().poll(cx),
        }
    }
}

impl<F, R, E> fmt::Debug for CsrfFuture<F, R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrfFuture").finish_non_exhaustive()
    }
}
