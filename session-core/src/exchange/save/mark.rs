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
    session::{Base, Session},
    store::CommitOutcome,
};

/// The use of a session is written into its record, because its deadline cannot show it. It is best effort.
#[derive(Debug)]
pub(super) struct Mark {
    from: Base,
    live: Live,
    draft: Draft,
}

impl Mark {
    /// Returns `None` if the record cannot be written: a request that only read must not fail for it.
    pub(super) fn new(from: Base, mut live: Live, change: &Change, context: &Context) -> Option<Box<Self>> {
        live.lineage = live.lineage.extended(from.revision);
        let draft = Draft::encode(&mut live, change, context).ok()?;
        Some(Box::new(Self { from, live, draft }))
    }

    pub(super) fn call(&self) -> Call<'_> {
        Call::Commit { key: self.from.key, expected: self.from.revision, write: self.draft.write() }
    }

    pub(super) fn answer(self: Box<Self>, session: &Session, change: &Change, answer: Answer) -> Progress {
        Ok(Next::Done(match answer {
            Answer::Commit(CommitOutcome::Written) => {
                let Self { from: Base { key, id, .. }, live, draft: Draft { next, ttl, .. } } = *self;
                let (saved, evicted) = (Saved::Touched, Vec::new());
                let written = Written { saved, from: None, key, id, revision: next, ttl, live, evicted };
                settle::written(session, change, written)?
            }
            // The request that wrote or ended the session meanwhile has noted a use.
            Answer::Commit(_) => settle::nothing(session, Saved::Nothing),
            _ => return Err(SessionError::Mismatched),
        }))
    }
}
