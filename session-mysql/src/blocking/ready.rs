use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

/// The output of a future that waits for nothing. Those of the blocking face are such: its connections answer on the
/// calling thread.
pub(crate) fn output<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
