use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::runtime::Handle;

/// Sessions that are being ended. If it is dropped before, because the client has gone away, it goes on on the runtime: a session
/// that should have ended must not be left.
pub(crate) struct ToTheEnd<T: Send + 'static> {
    /// `None` when it is done.
    rest: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
}

impl<T: Send + 'static> ToTheEnd<T> {
    pub(crate) fn new(ending: impl Future<Output = T> + Send + 'static) -> Self {
        Self { rest: Some(Box::pin(ending)) }
    }
}

impl<T: Send + 'static> Future for ToTheEnd<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some(rest) = &mut self.rest else { return Poll::Pending };
        let ended = ready!(rest.as_mut().poll(cx));
        self.rest = None;
        Poll::Ready(ended)
    }
}

impl<T: Send + 'static> Drop for ToTheEnd<T> {
    fn drop(&mut self) {
        if let (Some(rest), Ok(runtime)) = (self.rest.take(), Handle::try_current()) {
            runtime.spawn(rest);
        }
    }
}
