use std::time::Duration;

use super::{
    change::Change,
    draft::{Draft, Subject, Version},
    end::End,
    new_id,
    row::{Next, Progress, Row},
    settle::{self, Written},
    source::{Found, Source},
};
use crate::{
    Context,
    exchange::{Answer, Call, SessionError, tombstone::Tombstone},
    id::{CookieId, Digest, EntropyError, SessionHandle, StoreKey},
    session::{Base, OpenSession},
    store::{Applied, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, StoreError, Write},
};

/// A session moves to an id of another family, because its owner changes. No store can do that in one step, so the new
/// session is created before the old one is buried.
///
/// ```text
/// Create ──> Bury ──────────────────────> done
///   │        ▲  │ ╲
///   │ refresh│  │  ╲ gone, failed ──────> Undo ──> error
///   │        └──┘   ╲
///   └─ full    superseded by another sign-in
///        ╲            │
///         ╲           ▼
///          rotate   Join ── refresh ────> done
/// ```
///
/// [`twin`](super::twin) has what happens if another sign-in of the same browser was first.
#[derive(Debug)]
pub(super) struct ChangeOwner {
    pub(super) source: Source,
    pub(super) to: CookieId,
    pub(super) cap: Option<Cap>,
    pub(super) draft: Draft,
    pub(super) tombstone: Tombstone,
    pub(super) evicted: Vec<SessionHandle>,
    /// The session that the other sign-in made.
    pub(super) successor: Option<StoreKey>,
    /// The longest time to live of the new record until the sign-in is done. If it never is, because the program ends in
    /// between, the record must not be counted and listed for as long as a remembered session.
    pub(super) at_first: Duration,
    pub(super) step: Step,
}

#[derive(Debug)]
pub(super) enum Step {
    /// Stores the session under the new id.
    Create,
    /// Replaces the old record by the tombstone, if no other request wrote it meanwhile.
    Bury,
    /// Loads the session that another sign-in made of the old one.
    Join { other: Source },
    /// Brings the new record up to what another request wrote.
    Refresh {
        /// The version under the new id until then.
        written: Box<Draft>,
        /// The new record is complete then.
        is_last: bool,
    },
    /// The owner has as many sessions as allowed. Loads the old record, which tells whether another sign-in of this browser
    /// has made one of them.
    Full { old: Source },
    /// Gives the new record its whole time to live.
    Extend,
    /// Deletes the new session, because the old one ended meanwhile or the store failed.
    Undo {
        /// The error that is returned afterwards.
        because: SessionError,
    },
}

impl ChangeOwner {
    pub(super) fn new(
        from: Base,
        subject: Subject<'_>,
        change: &Change,
        context: &Context,
    ) -> Result<Box<Self>, SessionError> {
        let family = new_id::family_of(subject.live.owner.as_deref(), Some(&from), context);
        let to = new_id::generate(family, context)?;
        let tombstone = tombstone(&to, change, context)?;
        let draft = Draft::renew(subject, change, context)?;
        Ok(Box::new(Self {
            source: Source::new(from),
            cap: new_id::cap(&to, context),
            to,
            draft,
            tombstone,
            evicted: Vec::new(),
            successor: None,
            at_first: context.config().idle,
            step: Step::Create,
        }))
    }

    pub(super) fn with_room(self: Box<Self>, cap: Cap) -> Box<Self> {
        Box::new(Self { cap: Some(cap), ..*self })
    }

    pub(super) fn call(&self) -> Call<'_> {
        let Base { key, revision, .. } = self.source.base;
        let (to, draft) = (*self.to.key(), &self.draft);
        let write = Write { ttl: draft.ttl.min(self.at_first), ..draft.write() };
        match &self.step {
            Step::Create => Call::Create { key: to, write, cap: self.cap },
            Step::Bury => self.source.load().unwrap_or(Call::Delete {
                key,
                expected: Some(revision),
                tombstone: Some(self.tombstone.write()),
            }),
            Step::Join { other: read } | Step::Full { old: read } => Call::Load { key: read.base.key },
            Step::Refresh { written, .. } => {
                Call::Commit { key: to, expected: written.revision, replaced: None, write }
            }
            Step::Extend => Call::Touch { key: to, expected: draft.revision, ttl: draft.ttl },
            Step::Undo { .. } => Call::Delete { key: to, expected: None, tombstone: None },
        }
    }

    pub(super) fn answer(
        mut self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        answer: Answer,
    ) -> Progress {
        match std::mem::replace(&mut self.step, Step::Create) {
            Step::Create => self.created(session, change, answer),
            Step::Bury => self.buried(session, change, answer),
            Step::Join { other } => self.joined(session, change, other, answer),
            Step::Full { old } => self.full(session, change, old, answer),
            Step::Refresh { is_last, .. } => match answer {
                Answer::Commit(CommitOutcome::Written) if is_last => self.complete(session, change),
                Answer::Commit(CommitOutcome::Written) => Ok(self.next(change, Step::Bury)),
                _ => {
                    let gone = self.source.gone();
                    Ok(self.undo(change, gone))
                }
            },
            Step::Extend => self.done(session, change),
            Step::Undo { because } => Err(because),
        }
    }

    /// The new session is deleted only if the old one surely lives on, so that the values of the session are never in
    /// neither; and only if no other session was ended for it, as a sign-in that fails must cost no device. What cannot be
    /// done any more is left undone then: the old session lives on beside the new one, without any rights.
    pub(super) fn failed(
        mut self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        error: StoreError,
    ) -> Progress {
        let is_sign_out = !self.to.key().is_owned() && change.delta.signed_out().is_some();
        if matches!(self.step, Step::Create) && is_sign_out {
            // Nobody stays signed in because a message for the next page cannot be stored.
            change.retry.next_call();
            return Ok(Next::Ask(Row::End(End::new(self.source.base, change, session.context())?)));
        }
        match (std::mem::replace(&mut self.step, Step::Create), error.applied()) {
            (step @ Step::Create, _) | (step @ Step::Bury, Applied::Unknown) => {
                self.step = step;
                Row::ChangeOwner(self).refused(error)
            }
            (Step::Full { .. }, _) => Err(error.into()),
            (Step::Extend, _) => {
                // The next request extends it.
                self.draft.ttl = self.draft.ttl.min(self.at_first);
                self.done(session, change)
            }
            (Step::Undo { because }, _) => Err(because),
            (step, _) if !self.evicted.is_empty() => {
                if let Step::Refresh { written, .. } = step {
                    self.draft = *written;
                }
                self.complete(session, change)
            }
            _ => Ok(self.undo(change, error.into())),
        }
    }

    fn created(mut self: Box<Self>, session: &OpenSession, change: &mut Change, answer: Answer) -> Progress {
        match answer {
            Answer::Create(CreateOutcome::Created { evicted }) => {
                self.evicted.extend(evicted.iter().map(Digest::handle));
                let step = match self.successor {
                    Some(successor) => self.join(successor),
                    None => Step::Bury,
                };
                Ok(self.next(change, step))
            }
            Answer::Create(CreateOutcome::Exists) => {
                // Only a broken source of entropy makes an id that is taken.
                change.count_conflict(session.context())?;
                self.to = new_id::generate(Some(self.to.key().family), session.context())?;
                self.tombstone = tombstone(&self.to, change, session.context())?;
                Ok(self.next(change, Step::Create))
            }
            Answer::Create(CreateOutcome::Full) => match self.successor {
                Some(successor) => self.take_over(change, successor, session.context()),
                None => {
                    let old = Source::unread(self.source.base.clone());
                    Ok(self.next(change, Step::Full { old }))
                }
            },
            _ => Err(SessionError::Mismatched),
        }
    }

    fn buried(mut self: Box<Self>, session: &OpenSession, change: &mut Change, answer: Answer) -> Progress {
        let context = session.context();
        let next = match self.source.found(answer) {
            Err(error) => Err(error),
            Ok(Found::Expected(Answer::Delete(DeleteOutcome::Deleted))) => {
                return self.complete(session, change);
            }
            Ok(Found::Expected(_)) => return Err(SessionError::Mismatched),
            // A lost answer, or an older try of this save.
            Ok(Found::Superseded(to)) if to == *self.to.key() => return self.complete(session, change),
            Ok(Found::Superseded(to)) if self.is_twin(change, to) => Ok(self.join(to)),
            Ok(Found::Newer(newer)) => self
                .replay(session, change, None, &newer)
                .map(|written| Step::Refresh { written, is_last: false }),
            Ok(Found::Moved(to)) => self.source.follow(to, change, context).map(|()| Step::Bury),
            Ok(Found::Superseded(_) | Found::Nothing) => Err(self.source.gone()),
        };
        Ok(match next {
            Ok(step) => self.next(change, step),
            Err(error) => self.undo(change, error),
        })
    }

    /// Makes the change on what another request wrote, here or into `other`. Returns the version under the new id.
    pub(super) fn replay(
        &mut self,
        session: &OpenSession,
        change: &mut Change,
        other: Option<Source>,
        newer: &Version,
    ) -> Result<Box<Draft>, SessionError> {
        let mut other = other;
        let source = other.as_mut().unwrap_or(&mut self.source);
        let mut live = change.replay(session, source, newer)?;
        let draft = Draft::renew((&mut live).into(), change, session.context())?;
        Ok(Box::new(std::mem::replace(&mut self.draft, draft)))
    }

    pub(super) fn complete(self: Box<Self>, session: &OpenSession, change: &mut Change) -> Progress {
        match self.draft.ttl > self.at_first {
            true => Ok(self.next(change, Step::Extend)),
            false => self.done(session, change),
        }
    }

    fn done(self: Box<Self>, session: &OpenSession, change: &Change) -> Progress {
        let from = Some(self.source.base.key);
        let written = Written::under(self.to, from, self.draft, self.evicted);
        settle::written(session, change, written)
    }

    pub(super) fn undo(self: Box<Self>, change: &mut Change, because: SessionError) -> Next {
        self.next(change, Step::Undo { because })
    }

    pub(super) fn next(mut self: Box<Self>, change: &mut Change, step: Step) -> Next {
        change.retry.next_call();
        self.step = step;
        Next::Ask(Row::ChangeOwner(self))
    }
}

/// A late request learns which session was made of the old one, or that its owner signed out.
fn tombstone(to: &CookieId, change: &Change, context: &Context) -> Result<Tombstone, EntropyError> {
    match change.delta.signs_in() {
        true => Tombstone::superseded(*to.key(), change.now, change.tokens.clone(), context),
        false => Tombstone::ended(change.ends_by(), change.now, context),
    }
}
