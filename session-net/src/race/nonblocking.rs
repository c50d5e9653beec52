use std::{future::poll_fn, net::SocketAddr, pin::pin, task::Poll};

use tokio::time::{Instant, sleep_until};

use super::{RaceError, stagger};
use crate::Limit;

/// Connects to the addresses, and returns the first connection that is complete. The next address is tried when an attempt
/// has failed or has been alone for a while, so that one that swallows all packets does not hide the others.
///
/// `connect` makes a connection that can be used: with TLS and login where there are such. The attempts that are slower are
/// dropped.
///
/// # Errors
/// [`RaceError`] if all attempts have failed, or the limit has passed.
pub async fn race<T, E, F: Future<Output = Result<T, E>>>(
    addresses: &[SocketAddr],
    limit: Limit,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, RaceError<E>> {
    let stagger = stagger(limit, addresses.len());
    let mut waiting = addresses.iter().copied();
    let mut attempts = Vec::new();
    let mut failures = Vec::new();
    let mut end = pin!(sleep_until(limit.deadline().into()));
    let mut turn = pin!(sleep_until(Instant::now()));
    poll_fn(|context| {
        loop {
            let mut index = 0;
            while let Some((address, attempt)) = attempts.get_mut(index) {
                let attempt: &mut std::pin::Pin<Box<F>> = attempt;
                match attempt.as_mut().poll(context) {
                    Poll::Ready(Ok(connection)) => return Poll::Ready(Ok(connection)),
                    Poll::Ready(Err(failure)) => {
                        failures.push((*address, failure));
                        attempts.remove(index);
                        turn.as_mut().reset(Instant::now());
                    }
                    Poll::Pending => index += 1,
                }
            }
            let is_late = end.as_mut().poll(context).is_ready();
            if is_late || (attempts.is_empty() && waiting.len() == 0) {
                let unfinished = attempts.iter().map(|(address, _)| *address).chain(waiting.clone());
                let failures = std::mem::take(&mut failures);
                let limit = is_late.then_some(limit);
                return Poll::Ready(Err(RaceError { failures, unfinished: unfinished.collect(), limit }));
            }
            if turn.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            let Some(address) = waiting.next() else { return Poll::Pending };
            attempts.push((address, Box::pin(connect(address))));
            turn.as_mut().reset(Instant::now() + stagger);
        }
    })
    .await
}
