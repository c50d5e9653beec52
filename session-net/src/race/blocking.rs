use std::{
    net::SocketAddr,
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
};

use super::{RaceError, stagger};
use crate::Limit;

/// Does the same as [`race`](crate::race()), and blocks. A single address is tried in this thread; of several, each is tried
/// in a thread of its own.
///
/// An attempt must keep the limit itself, because a thread cannot be ended from outside. A connection that comes too late
/// is dropped.
///
/// # Errors
/// [`RaceError`] if all attempts have failed, or the limit has passed.
pub fn race_blocking<T: Send + 'static, E: Send + 'static>(
    addresses: &[SocketAddr],
    limit: Limit,
    connect: impl Fn(SocketAddr) -> Result<T, E> + Send + Sync + 'static,
) -> Result<T, RaceError<E>> {
    if let [address] = addresses {
        return connect(*address).map_err(|failure| RaceError {
            failures: vec![(*address, failure)],
            unfinished: Vec::new(),
            limit: limit.has_passed().then_some(limit),
        });
    }
    let (connect, stagger) = (Arc::new(connect), stagger(limit, addresses.len()));
    let (results, arrivals) = mpsc::channel();
    let mut waiting = addresses.iter().copied();
    let mut racing = Vec::new();
    let mut failures = Vec::new();
    loop {
        if let Some(address) = waiting.next() {
            racing.push(address);
            start(address, Arc::clone(&connect), results.clone());
        } else if racing.is_empty() {
            return Err(RaceError { failures, unfinished: Vec::new(), limit: None });
        }
        let left = limit.remaining();
        let turn = if waiting.len() == 0 { left } else { stagger.min(left) };
        match arrivals.recv_timeout(turn) {
            Ok((_, Ok(connection))) => return Ok(connection),
            Ok((address, Err(failure))) => {
                racing.retain(|other| *other != address);
                failures.push((address, failure));
            }
            Err(RecvTimeoutError::Timeout) if limit.has_passed() => {
                let unfinished = racing.into_iter().chain(waiting).collect();
                return Err(RaceError { failures, unfinished, limit: Some(limit) });
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

/// Tries the address in a thread of its own, or in this one if the system has no more threads.
fn start<T: Send + 'static, E: Send + 'static>(
    address: SocketAddr,
    connect: Arc<impl Fn(SocketAddr) -> Result<T, E> + Send + Sync + 'static>,
    results: Sender<(SocketAddr, Result<T, E>)>,
) {
    let (again, replies) = (Arc::clone(&connect), results.clone());
    // Nobody listens any more when another address has won.
    let attempt = move || drop(results.send((address, connect(address))));
    if thread::Builder::new().name("session-net connect".to_owned()).spawn(attempt).is_err() {
        let _ = replies.send((address, again(address)));
    }
}
