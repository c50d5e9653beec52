use bytes::Bytes;

use super::{
    change::Change,
    draft::{Draft, Subject, Version},
    row::{Next, Progress, Row},
    settle::{self, Written},
    source::{Found, Source},
};
use crate::{
    Context,
    exchange::{Answer, Call, Saved, SessionError},
    session::{Base, OpenSession},
    store::CommitOutcome,
};

/// A changed session is written under the id that it has.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) source: Source,
    /// The record that it is made on, if its bytes are known.
    replaced: Option<Bytes>,
    draft: Draft,
}

impl Commit {
    pub(super) fn new(
        from: Base,
        replaced: Option<Bytes>,
        subject: Subject<'_>,
        change: &Change,
        context: &Context,
    ) -> Result<Box<Self>, SessionError> {
        let draft = Draft::encode(subject, change, context)?;
        Ok(Box::new(Self { source: Source::new(from), replaced, draft }))
    }

    /// Makes the change on the record that another request wrote.
    pub(super) fn replayed(
        mut source: Source,
        newer: &Version,
        session: &OpenSession,
        change: &mut Change,
    ) -> Progress {
        let mut live = change.replay(session, &mut source, newer)?;
        let draft = Draft::encode((&mut live).into(), change, session.context())?;
        let replaced = Some(newer.live.entries.stored_bytes());
        Ok(Next::Ask(Row::Commit(Box::new(Self { source, replaced, draft }))))
    }

    pub(super) fn call(&self) -> Call<'_> {
        let Base { key, revision, .. } = self.source.base;
        let replaced = self.replaced.as_deref();
        let commit = Call::Commit { key, expected: revision, replaced, write: self.draft.write() };
        self.source.load().unwrap_or(commit)
    }

    pub(super) fn answer(
        mut self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        answer: Answer,
    ) -> Progress {
        match self.source.found(answer)? {
            Found::Expected(Answer::Commit(CommitOutcome::Written)) => {
                done(session, change, self.source, self.draft)
            }
            Found::Expected(_) => Err(SessionError::Mismatched),
            Found::Newer(newer) => match self.was_applied(change, &newer) {
                Some(true) => done(session, change, self.source, newer.into()),
                Some(false) => Self::replayed(self.source, &newer, session, change),
                None => Ok(Next::Unknown(Row::Commit(self), SessionError::Unknown)),
            },
            Found::Moved(to) => {
                self.source.follow(to, change, session.context())?;
                self.replaced = None;
                Ok(Next::Ask(Row::Commit(self)))
            }
            // An earlier try may be part of what became of the session, so it must not be made there once more.
            Found::Superseded(_) | Found::Nothing if change.retry.is_lost() => {
                settle::cut_off(session, change.now);
                Err(SessionError::Unknown)
            }
            Found::Superseded(_) | Found::Nothing => Err(self.source.gone()),
        }
    }

    /// Whether the newer record was built on this commit. Then its answer was lost, here or inside a store that tried again by
    /// itself. Returns `None` if that is unknown.
    fn was_applied(&self, change: &Change, newer: &Version) -> Option<bool> {
        let is_among = |revision| newer.revision == revision || newer.live.lineage.contains(revision);
        let applied = is_among(self.draft.revision);
        let is_certain = applied || !change.retry.is_lost() || is_among(self.source.base.revision);
        is_certain.then_some(applied)
    }
}

fn done(session: &OpenSession, change: &Change, source: Source, draft: Draft) -> Progress {
    let saved = Saved::Committed { merged: change.merged };
    settle::written(session, change, Written::in_place(saved, source.base, draft))
}
