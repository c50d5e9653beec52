use super::{
    change::Change,
    draft::{Draft, Tombstone, Version},
    new_id,
    row::{Next, Progress, Row},
    settle::{self, Written},
    source::{Found, Source},
};
use crate::{
    Context,
    exchange::{Answer, Call, SessionError},
    id::{CookieId, Digest, SessionHandle},
    record::Live,
    session::{Base, OpenSession},
    store::{Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, StoreError},
};

/// A session moves to an id of another family, because its owner changes. No store can do that in one step, so the new
/// session is created before the old one is buried.
///
/// ```text
/// Create ──> Bury ──────────────> done
///            │  ▲ │
///   conflict ▼  │ └─ gone, failed ──> Undo ──> error
///           Refresh ── gone, failed ──┘
/// ```
#[derive(Debug)]
pub(super) struct ChangeOwner {
    pub(super) source: Source,
    to: CookieId,
    cap: Option<Cap>,
    draft: Draft,
    tombstone: Tombstone,
    evicted: Vec<SessionHandle>,
    step: Step,
}

#[derive(Debug)]
enum Step {
    /// Stores the session under the new id.
    Create,
    /// Replaces the old record by the tombstone, if no other request wrote it meanwhile.
    Bury,
    /// Brings the new record up to what another request wrote into the old one.
    Refresh {
        /// The revision last written under the new id.
        written: Revision,
    },
    /// Deletes the new session, because the old one ended meanwhile or the store failed.
    Undo {
        /// The error that is returned afterwards.
        because: SessionError,
    },
}

impl ChangeOwner {
    pub(super) fn new(
        from: Base,
        live: Live,
        change: &Change,
        context: &Context,
    ) -> Result<Box<Self>, SessionError> {
        let to = new_id::generate(new_id::family_of(live.owner.as_deref(), Some(&from), context), context)?;
        let tombstone = Tombstone::superseded(context)?;
        let draft = Draft::renew(live, change, context)?;
        Ok(Box::new(Self {
            source: Source::new(from),
            cap: new_id::cap(&to, context),
            to,
            draft,
            tombstone,
            evicted: Vec::new(),
            step: Step::Create,
        }))
    }

    pub(super) fn with_room(self: Box<Self>, cap: Cap, evicted: Vec<SessionHandle>) -> Box<Self> {
        Box::new(Self { cap: Some(cap), evicted, ..*self })
    }

    pub(super) fn call(&self) -> Call<'_> {
        let Base { key, revision, .. } = self.source.base;
        let (to, write) = (*self.to.key(), self.draft.write());
        match &self.step {
            Step::Create => Call::Create { key: to, write, cap: self.cap },
            Step::Bury => self.source.load().unwrap_or(Call::Delete {
                key,
                expected: Some(revision),
                tombstone: Some(self.tombstone.write()),
            }),
            Step::Refresh { written } => Call::Commit { key: to, expected: *written, write },
            Step::Undo { .. } => Call::Delete { key: to, expected: None, tombstone: None },
        }
    }

    pub(super) fn answer(
        self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        answer: Answer,
    ) -> Progress {
        match self.step {
            Step::Create => self.created(session, change, answer),
            Step::Bury => self.buried(session, change, answer),
            Step::Refresh { .. } => match answer {
                Answer::Commit(CommitOutcome::Written) => Ok(self.next(change, Step::Bury)),
                _ => {
                    let gone = self.source.gone();
                    Ok(self.undo(change, gone))
                }
            },
            Step::Undo { because } => Err(because),
        }
    }

    pub(super) fn failed(self: Box<Self>, change: &mut Change, error: StoreError) -> Progress {
        match self.step {
            Step::Create => Row::ChangeOwner(self).refused(error),
            Step::Bury | Step::Refresh { .. } => Ok(self.undo(change, error.into())),
            Step::Undo { because } => Err(because),
        }
    }

    fn created(mut self: Box<Self>, session: &OpenSession, change: &mut Change, answer: Answer) -> Progress {
        match answer {
            Answer::Create(CreateOutcome::Created { evicted }) => {
                self.evicted.extend(evicted.iter().map(Digest::handle));
                Ok(self.next(change, Step::Bury))
            }
            Answer::Create(CreateOutcome::Exists) => {
                // Only a broken source of entropy makes an id that is taken.
                change.count_conflict(session.context())?;
                self.to = new_id::generate(Some(self.to.key().family), session.context())?;
                Ok(self.next(change, Step::Create))
            }
            Answer::Create(CreateOutcome::Full) => Err(SessionError::Full),
            _ => Err(SessionError::Mismatched),
        }
    }

    fn buried(mut self: Box<Self>, session: &OpenSession, change: &mut Change, answer: Answer) -> Progress {
        let found = match self.source.found(answer, session.context()) {
            Ok(found) => found,
            Err(error) => return Ok(self.undo(change, error)),
        };
        match found {
            Found::Expected(Answer::Delete(DeleteOutcome::Deleted)) => {
                let from = Some(self.source.base.key);
                let written = Written::under(self.to, from, self.draft.version, self.evicted);
                settle::written(session, change, written)
            }
            Found::Expected(_) => Err(SessionError::Mismatched),
            Found::Newer(newer) => match self.refresh(session, change, &newer) {
                Ok(()) => Ok(Next::Ask(Row::ChangeOwner(self))),
                Err(error) => Ok(self.undo(change, error)),
            },
            Found::Moved(to) => match self.source.follow(to, change, session.context()) {
                Ok(()) => Ok(Next::Ask(Row::ChangeOwner(self))),
                Err(error) => Ok(self.undo(change, error)),
            },
            Found::Nothing => {
                let gone = self.source.gone();
                Ok(self.undo(change, gone))
            }
        }
    }

    fn refresh(
        &mut self,
        session: &OpenSession,
        change: &mut Change,
        newer: &Version,
    ) -> Result<(), SessionError> {
        let live = change.replay(session, &mut self.source, newer)?;
        let written = self.draft.version.revision;
        self.draft = Draft::renew(live, change, session.context())?;
        self.step = Step::Refresh { written };
        Ok(())
    }

    fn undo(self: Box<Self>, change: &mut Change, because: SessionError) -> Next {
        self.next(change, Step::Undo { because })
    }

    fn next(mut self: Box<Self>, change: &mut Change, step: Step) -> Next {
        change.retry.next_call();
        self.step = step;
        Next::Ask(Row::ChangeOwner(self))
    }
}
