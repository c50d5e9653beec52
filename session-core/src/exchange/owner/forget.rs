use std::{sync::Arc, vec};

use super::Ending;
use crate::{
    Context, Timestamp, Visit, cookie,
    exchange::{Answer, Call, Exchange, SessionError, Step},
    id::StoreKey,
    observe::EndedBy,
    store::StoreError,
};

/// Ends every session that the cookies of a request name, without opening one: a sign-out that works also if the record
/// cannot be read. The result is the number of sessions. The response must then remove the cookie.
#[must_use]
pub fn forget(context: &Arc<Context>, visit: &Visit<'_>, now: Timestamp) -> Step<Forgetting, u64> {
    let mut keys = Vec::new();
    cookie::find(visit, context.config(), |id| keys.push(*id.key()));
    let rest = keys.into_iter();
    Forgetting::next(Arc::clone(context), rest, now, 0)
}

/// The sessions of a request that are being ended.
#[derive(Debug)]
pub struct Forgetting {
    context: Arc<Context>,
    now: Timestamp,
    ending: Ending,
    rest: vec::IntoIter<StoreKey>,
    ended: u64,
}

impl Forgetting {
    fn next(
        context: Arc<Context>,
        mut rest: vec::IntoIter<StoreKey>,
        now: Timestamp,
        ended: u64,
    ) -> Step<Self, u64> {
        let Some(key) = rest.next() else { return Step::Done(ended) };
        let ending = Ending::new(&context, key, None, EndedBy::SignOut, now);
        Step::Ask(Self { context, now, ending, rest, ended })
    }
}

impl Exchange for Forgetting {
    type Output = u64;

    fn call(&self) -> Call<'_> {
        self.ending.call()
    }

    fn answer(self, answer: Result<Answer, StoreError>) -> Result<Step<Self, u64>, SessionError> {
        Ok(match self.ending.answer(answer)? {
            Step::Ask(ending) => Step::Ask(Self { ending, ..self }),
            Step::Done(ended) => Self::next(self.context, self.rest, self.now, self.ended + u64::from(ended)),
        })
    }
}
