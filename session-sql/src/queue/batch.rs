use std::sync::Arc;

use super::{Waiting, waiting::News};

/// Those that travel with another one. Who is not answered looks for a connection itself.
#[derive(Debug)]
pub(crate) struct Batch<R, A>(Vec<Arc<Waiting<R, A>>>);

impl<R, A> Batch<R, A> {
    pub(super) fn new(waiting: Vec<Arc<Waiting<R, A>>>) -> Option<Self> {
        waiting.iter().for_each(|waiting| waiting.set_off());
        Some(Self(waiting)).filter(|batch| !batch.0.is_empty())
    }

    pub(crate) fn requests(&self) -> impl ExactSizeIterator<Item = &R> {
        self.0.iter().map(|waiting| &waiting.request)
    }

    /// Notes whether a statement for all of them may take effect without their being answered.
    pub(crate) fn set_may_be_applied(&self, may_be_applied: bool) {
        self.0.iter().for_each(|waiting| waiting.set_may_be_applied(may_be_applied));
    }

    /// Tells each its own answer.
    pub(crate) fn answer(self, mut answer: impl FnMut(&R) -> A) {
        self.answer_some(|request| Some(answer(request)));
    }

    /// Tells each its own answer. One without an answer was not touched, and asks for itself.
    pub(crate) fn answer_some(mut self, mut answer: impl FnMut(&R) -> Option<A>) {
        for waiting in self.0.drain(..) {
            match answer(&waiting.request) {
                Some(answer) => waiting.tell(News::Answer(answer)),
                None => {
                    waiting.set_may_be_applied(false);
                    waiting.tell(News::Go);
                }
            }
        }
    }
}

impl<R, A> Drop for Batch<R, A> {
    fn drop(&mut self) {
        self.0.iter().for_each(|waiting| waiting.tell(News::Go));
    }
}
