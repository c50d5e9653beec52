use std::sync::Arc;

use super::{
    change::Change,
    row::{Next, Progress, Row},
    settle,
};
use crate::{
    Context,
    exchange::{Answer, Call, Ending, Exchange, Step},
    id::StoreKey,
    session::OpenSession,
};

/// A sign-out first ends the other sessions whose cookies the browser has sent under the same name, such as with another
/// domain, or whose record could not be read: none of them may be left signed in.
#[derive(Debug)]
pub(super) struct Forget {
    ending: Ending,
    rest: Vec<StoreKey>,
    /// `None` if the request has no session of its own.
    then: Option<Row>,
}

impl Forget {
    /// Returns the row that ends these sessions before `then`. It is `then` itself if the list is empty.
    pub(super) fn before(
        then: Option<Row>,
        others: &[StoreKey],
        change: &Change,
        context: &Arc<Context>,
    ) -> Option<Row> {
        let Some((key, rest)) = others.split_first() else { return then };
        let ending = Ending::new(context, *key, None, change.ends_by(), change.now);
        Some(Row::Forget(Box::new(Self { ending, rest: rest.to_vec(), then })))
    }

    pub(super) fn call(&self) -> Call<'_> {
        self.ending.call()
    }

    pub(super) fn answer(
        mut self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        answer: Answer,
    ) -> Progress {
        match self.ending.answer(Ok(answer))? {
            Step::Ask(ending) => self.ending = ending,
            Step::Done(_) => match (self.rest.pop(), self.then.take()) {
                (None, Some(then)) => return Ok(Next::Ask(then)),
                (None, None) => return settle::forgotten(session, change),
                (Some(key), then) => {
                    self.then = then;
                    self.ending = Ending::new(session.context(), key, None, change.ends_by(), change.now);
                }
            },
        }
        Ok(Next::Ask(Row::Forget(self)))
    }
}
