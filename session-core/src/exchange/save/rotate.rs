use super::{
    change::Change,
    change_owner::ChangeOwner,
    commit::Commit,
    draft::{Draft, Subject, Version},
    new_id,
    row::{Next, Progress, Row},
    settle::{self, Written},
    source::{Found, Source},
    touch::Touch,
};
use crate::{
    Context,
    exchange::{Answer, Call, Saved, SessionError, tombstone::Tombstone},
    id::{CookieId, EntropyError, StoreKey},
    record::Live,
    session::{Base, OpenSession},
    store::{RotateOutcome, StoreError},
};

/// A session moves to another id of its family.
#[derive(Debug)]
pub(super) struct Rotate {
    pub(super) source: Source,
    new: NewId,
    draft: Draft,
    /// The age of the id is the only reason.
    by_age: bool,
}

/// The new id of the session, and the tombstone for the old one.
#[derive(Debug)]
struct NewId {
    id: CookieId,
    tombstone: Tombstone,
}

impl NewId {
    /// A tombstone of a rotation by age is followed during the grace. After that it detects a reuse of the old id.
    /// It is kept as long as the session can be used, or the late use of an old id would go unseen.
    fn generate(
        from: &Base,
        by_age: bool,
        live: &Live,
        change: &Change,
        context: &Context,
    ) -> Result<Self, EntropyError> {
        let id = new_id::generate(Some(from.key.family), context)?;
        let tombstone = if by_age {
            let config = context.config();
            let grace_until = change.now.after(config.grace);
            let left = live.deadline.since(change.now).max(config.grace);
            let ttl = config.grace.saturating_add(live.idle(config)).min(left);
            Tombstone::moved(id.key().digest, grace_until, ttl, context)?
        } else {
            Tombstone::superseded(*id.key(), change.now, change.tokens.clone(), context)?
        };
        Ok(Self { id, tombstone })
    }
}

impl Rotate {
    pub(super) fn new(
        from: Base,
        by_age: bool,
        subject: Subject<'_>,
        change: &Change,
        context: &Context,
    ) -> Result<Box<Self>, SessionError> {
        let new = NewId::generate(&from, by_age, subject.live, change, context)?;
        let draft = Draft::renew(subject, change, context)?;
        Ok(Box::new(Self { source: Source::new(from), new, draft, by_age }))
    }

    /// Rotates a session that this save has not read yet.
    pub(super) fn unread(
        from: Base,
        live: &mut Live,
        change: &Change,
        context: &Context,
    ) -> Result<Box<Self>, SessionError> {
        let mut rotate = Self::new(from, false, live.into(), change, context)?;
        rotate.source.reload();
        Ok(rotate)
    }

    pub(super) fn call(&self) -> Call<'_> {
        let Base { key, revision, .. } = self.source.base;
        let rotate = Call::Rotate {
            from: key,
            expected: revision,
            to: *self.new.id.key(),
            write: self.draft.write(),
            tombstone: Some(self.new.tombstone.write()),
        };
        self.source.load().unwrap_or(rotate)
    }

    pub(super) fn answer(
        mut self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        answer: Answer,
    ) -> Progress {
        let context = session.context();
        match self.source.found(answer)? {
            Found::Expected(Answer::Rotate(RotateOutcome::Written)) => self.rotated(session, change),
            // An answer was lost, and other requests have built on the rotation since.
            Found::Moved(to) if to == self.new.id.key().digest => self.rotated(session, change),
            Found::Expected(Answer::Rotate(RotateOutcome::Exists)) => {
                // Only a broken source of entropy makes an id that is taken.
                change.count_conflict(context)?;
                change.retry.next_call();
                self.new =
                    NewId::generate(&self.source.base, self.by_age, &self.draft.live()?, change, context)?;
                Ok(Next::Ask(Row::Rotate(self)))
            }
            Found::Expected(_) => Err(SessionError::Mismatched),
            Found::Newer(newer) => self.merge(session, change, &newer),
            Found::Moved(to) => {
                self.source.follow(to, change, context)?;
                Ok(Next::Ask(Row::Rotate(self)))
            }
            // An answer was lost.
            Found::Superseded(to) if to == *self.new.id.key() => self.rotated(session, change),
            Found::Superseded(to) if self.is_twin(change, to) => {
                change.retry.next_call();
                let mut live = self.draft.live()?;
                let join = ChangeOwner::joining(to, self.source.base, (&mut live).into(), change, context)?;
                Ok(Next::Ask(Row::ChangeOwner(join)))
            }
            Found::Superseded(_) | Found::Nothing => Err(self.source.gone()),
        }
    }

    /// A request that only reads must not fail because its id is old. It keeps the id, and its use is noted if possible.
    pub(super) fn refused(
        self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        error: StoreError,
    ) -> Progress {
        if !self.by_age || !change.delta.is_empty() {
            return Err(error.into());
        }
        change.retry.next_call();
        let touch = Touch::new(self.source.base, &self.draft.live()?, change, session.context());
        Ok(Next::Ask(Row::Touch(touch)))
    }

    /// Whether another change of rights made the session `other` of the same owner.
    fn is_twin(&self, change: &Change, other: StoreKey) -> bool {
        change.delta.signs_in() && other.family == self.source.base.key.family
    }

    fn rotated(self: Box<Self>, session: &OpenSession, change: &Change) -> Progress {
        let from = Some(self.source.base.key);
        settle::written(session, change, Written::under(self.new.id, from, self.draft, Vec::new()))
    }

    fn merge(mut self: Box<Self>, session: &OpenSession, change: &mut Change, newer: &Version) -> Progress {
        let is_rotated_already = self.by_age && self.source.base.id.is_none();
        if is_rotated_already && change.delta.is_empty() {
            return Ok(Next::Done(settle::nothing(session, Saved::Nothing)));
        }
        if is_rotated_already {
            return Commit::replayed(self.source, newer, session, change);
        }
        let mut live = change.replay(session, &mut self.source, newer)?;
        self.draft = match Draft::renew((&mut live).into(), change, session.context()) {
            Err(SessionError::Value(_)) if self.by_age && change.delta.is_empty() => {
                return Ok(Next::Done(settle::nothing(session, Saved::Nothing)));
            }
            draft => draft?,
        };
        Ok(Next::Ask(Row::Rotate(self)))
    }
}
