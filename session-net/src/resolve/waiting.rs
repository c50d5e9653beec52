use std::{
    pin::Pin,
    task::{Context, Poll},
};

use super::lookup::{Answer, Lookup};

/// Ends with the answer of the lookup.
pub(super) struct Waiting<'a>(pub(super) &'a Lookup);

impl Future for Waiting<'_> {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let mut state = self.0.state();
        if let Some(answer) = state.take() {
            return Poll::Ready(answer);
        }
        if !state.wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            state.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }
}
