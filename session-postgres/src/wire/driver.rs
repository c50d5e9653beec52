use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use session_sql::ErrorKind;
use tokio_postgres::{Connection, Error, tls::NoTlsStream};

use super::{Stream, error_kind};

/// The half of a connection that reads and writes. It says goodbye when it is dropped after the client half.
pub(super) struct Driver(pub(super) Connection<Stream, NoTlsStream>);

impl Driver {
    /// Carries out what is asked by the client half, and moves the connection meanwhile. The library means this half to be a task
    /// of its own; then each statement would wake two tasks, and each connection would outlive who dropped it.
    pub(super) async fn drive<T>(
        &mut self,
        asking: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, ErrorKind> {
        let mut asking = pin!(asking);
        let driven = poll_fn(|context| {
            loop {
                if let Poll::Ready(result) = poll_quietly(asking.as_mut()) {
                    return Poll::Ready(result);
                }
                let ended = match self.0.poll_message(context) {
                    // A notice of the server.
                    Poll::Ready(Some(Ok(_))) => continue,
                    Poll::Ready(Some(Err(error))) => Some(error),
                    Poll::Ready(None) | Poll::Pending => None,
                };
                // What was received before the end is the answer.
                return match (poll_quietly(asking.as_mut()), ended) {
                    (Poll::Pending, Some(error)) => Poll::Ready(Err(error)),
                    (answer, _) => answer,
                };
            }
        });
        driven.await.map_err(|error| error_kind(&error))
    }
}

impl Drop for Driver {
    /// Does not wait: one step writes the goodbye, and then the socket closes.
    fn drop(&mut self) {
        let _ = self.0.poll_message(&mut Context::from_waker(Waker::noop()));
    }
}

/// What the future waits for comes from the driver alone, after which it is polled anyway; so nobody need be woken for it.
fn poll_quietly<T>(asking: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    asking.poll(&mut Context::from_waker(Waker::noop()))
}
