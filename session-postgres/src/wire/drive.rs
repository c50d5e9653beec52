use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use tokio_postgres::{Connection, Error, NoTls, tls::TlsConnect};

use super::Stream;

/// The half of a connection that reads and writes.
pub(super) type Driver = Connection<Stream, <NoTls as TlsConnect<Stream>>::Stream>;

/// Carries out what is asked by the client half, and moves the connection meanwhile. The library means the driver to be a task
/// of its own; then each statement would wake two tasks, and each connection would outlive who dropped it.
pub(super) async fn drive<T>(
    driver: &mut Driver,
    asking: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut asking = pin!(asking);
    poll_fn(|context| {
        loop {
            if let Poll::Ready(result) = poll_quietly(asking.as_mut()) {
                return Poll::Ready(result);
            }
            let ended = match driver.poll_message(context) {
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
    })
    .await
}

/// What the future waits for comes from the driver alone, after which it is polled anyway; so nobody need be woken for it.
fn poll_quietly<T>(asking: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    asking.poll(&mut Context::from_waker(Waker::noop()))
}

/// Says goodbye without waiting: one step writes it, and the socket closes when the connection is dropped.
pub(super) fn say_goodbye(mut driver: Driver) {
    let _ = driver.poll_message(&mut Context::from_waker(Waker::noop()));
}
