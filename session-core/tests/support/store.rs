use std::{
    pin::pin,
    sync::{Mutex, PoisonError},
    task::{Context as TaskContext, Poll, Waker},
};

use session_core::store::{Answer, BlockingAdapter, Call, Immediate, StoreError};

use super::World;

/// The world as a store with both APIs.
#[derive(Debug, Default)]
pub struct Shared(pub Mutex<World>);

impl BlockingAdapter for Shared {
    fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).try_perform(&call)
    }
}

impl Immediate for Shared {}

/// Runs a future that never waits.
pub fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}
