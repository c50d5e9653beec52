use super::{
    change::Change,
    draft::Draft,
    row::{Next, Progress},
    settle::{self, Written},
};
use crate::{
    Context,
    exchange::{Answer, Call, Saved, SessionError},
    record::Live,
    session::{Base, OpenSession},
    store::CommitOutcome,
};

/// The use of a session is written into its record, because its deadline cannot show it. It is best effort.
#[derive(Debug)]
pub(super) struct Mark {
    base: Base,
    draft: Draft,
}

impl Mark {
    /// Returns `None` if the record cannot be written: a request that only read must not fail for it.
    pub(super) fn new(base: Base, live: Live, change: &Change, context: &Context) -> Option<Box<Self>> {
        let draft = Draft::encode(live, change, context).ok()?;
        Some(Box::new(Self { base, draft }))
    }

    pub(super) fn call(&self) -> Call<'_> {
        Call::Commit { key: self.base.key, expected: self.base.revision, write: self.draft.write() }
    }

    pub(super) fn answer(
        self: Box<Self>,
        session: &OpenSession,
        change: &Change,
        answer: Answer,
    ) -> Progress {
        match answer {
            Answer::Commit(CommitOutcome::Written) => {
                let written = Written::in_place(Saved::Touched, self.base, self.draft.version);
                settle::written(session, change, written)
            }
            // The request that wrote or ended the session meanwhile has noted a use.
            Answer::Commit(_) => Ok(Next::Done(settle::nothing(session, Saved::Nothing))),
            _ => Err(SessionError::Mismatched),
        }
    }
}
