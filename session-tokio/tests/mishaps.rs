//! What becomes of an operation whose caller leaves, whose store panics, or whose runtime ends.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::{
    future::Future as _,
    pin::pin,
    sync::{
        Arc, Barrier,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use session_core::{
    id::StoreKey,
    store::{
        Answer, Applied, BlockingAdapter, Call, Operation, Revision, Store as _, StoreError, StoreErrorKind,
    },
};
use session_tokio::{SpawnBlocking, Timeout};
use tokio::runtime::Builder;

/// A store whose `sweep` waits at the barrier twice, when it has begun and before it ends, and which otherwise panics.
struct Probe {
    barrier: Arc<Barrier>,
    swept: Arc<AtomicU64>,
}

impl BlockingAdapter for Probe {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        match call.operation() {
            Operation::Sweep => {
                self.barrier.wait();
                self.barrier.wait();
                Ok(Answer::Sweep(self.swept.fetch_add(1, Ordering::SeqCst)))
            }
            operation => panic!("a secret in {operation}"),
        }
    }
}

fn probe() -> (SpawnBlocking<Probe>, Arc<Barrier>, Arc<AtomicU64>) {
    let (barrier, swept) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU64::new(0)));
    let probe = Probe { barrier: Arc::clone(&barrier), swept: Arc::clone(&swept) };
    (SpawnBlocking::new(probe), barrier, swept)
}

fn what(error: &StoreError) -> (StoreErrorKind, Applied) {
    (error.kind(), error.applied())
}

#[tokio::test]
async fn a_panic_is_a_failure_and_whether_a_write_was_applied_is_unknown() {
    let (store, ..) = probe();
    let read = store.load(&StoreKey::default()).await.unwrap_err();
    assert_eq!(what(&read), (StoreErrorKind::Other, Applied::No));
    let write = store.touch(&StoreKey::default(), Revision::default(), Duration::MAX).await.unwrap_err();
    assert_eq!(what(&write), (StoreErrorKind::Other, Applied::Unknown));
    assert!(!format!("{write:?}").contains("secret"), "{write:?}");
}

#[tokio::test]
async fn an_operation_whose_future_is_dropped_runs_to_its_end() {
    let (store, barrier, swept) = probe();
    {
        let mut sweep = pin!(store.sweep(1));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(sweep.as_mut().poll(&mut context), Poll::Pending));
    }
    barrier.wait();
    barrier.wait();
    while swept.load(Ordering::SeqCst) == 0 {
        thread::yield_now();
    }
}

#[test]
fn without_a_runtime_nothing_is_started() {
    let (store, _, swept) = probe();
    let mut sweep = pin!(store.sweep(1));
    let Poll::Ready(answer) = sweep.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("there is nothing to wait for");
    };
    assert_eq!(what(&answer.unwrap_err()), (StoreErrorKind::Unsupported, Applied::No));
    assert_eq!(swept.load(Ordering::SeqCst), 0);
}

#[test]
fn after_the_end_of_the_runtime_an_operation_fails() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let handle = runtime.handle().clone();
    runtime.shutdown_background();
    let _entered = handle.enter();
    let (store, _, swept) = probe();
    let mut sweep = pin!(store.sweep(1));
    let Poll::Ready(answer) = sweep.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("there is nothing to wait for");
    };
    assert_eq!(what(&answer.unwrap_err()), (StoreErrorKind::Unavailable, Applied::Unknown));
    assert_eq!(swept.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_operation_beyond_its_limit_has_timed_out_and_runs_on() {
    let (store, barrier, swept) = probe();
    let store = Timeout::new(store, Duration::from_millis(1));
    let late = store.sweep(1).await.unwrap_err();
    assert_eq!(what(&late), (StoreErrorKind::Timeout, Applied::Unknown));
    assert_eq!(swept.load(Ordering::SeqCst), 0);
    barrier.wait();
    barrier.wait();
}
