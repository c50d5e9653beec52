use std::time::Duration;

use super::{
    change::Change,
    row::{Next, Progress},
    settle,
};
use crate::{
    Context,
    exchange::{Answer, Call, Saved, SessionError},
    id::StoreKey,
    record::Live,
    session::{Base, OpenSession},
    store::{Revision, TouchOutcome},
};

/// The deadline of a session that was only read is extended. It is best effort.
#[derive(Debug)]
pub(super) struct Touch {
    key: StoreKey,
    expected: Revision,
    ttl: Duration,
    max_age: Option<Duration>,
}

impl Touch {
    pub(super) fn new(from: &Base, live: &Live, change: &Change, context: &Context) -> Box<Self> {
        let ttl = live.ttl(context.config(), change.now);
        let max_age = live.is_persistent(context.config()).then_some(ttl);
        Box::new(Self { key: from.key, expected: from.revision, ttl, max_age })
    }

    pub(super) const fn call(&self) -> Call<'_> {
        Call::Touch { key: self.key, expected: self.expected, ttl: self.ttl }
    }

    pub(super) fn answer(&self, session: &OpenSession, change: &Change, answer: Answer) -> Progress {
        match answer {
            Answer::Touch(TouchOutcome::Touched) => settle::touched(session, change, self.ttl, self.max_age),
            // The request that wrote or ended the session meanwhile has set the deadline.
            Answer::Touch(TouchOutcome::Gone) => Ok(Next::Done(settle::nothing(session, Saved::Nothing))),
            _ => Err(SessionError::Mismatched),
        }
    }
}
