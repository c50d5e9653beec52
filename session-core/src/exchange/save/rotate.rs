use super::{
    change::Change,
    commit::Commit,
    draft::{Draft, Tombstone, Version},
    new_id,
    row::{Next, Progress, Row},
    settle::{self, Written},
    source::{Found, Source},
};
use crate::{
    Context,
    exchange::{Answer, Call, Saved, SessionError},
    id::{CookieId, EntropyError},
    record::{Live, Record},
    session::{Base, OpenSession},
    store::RotateOutcome,
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
        if !by_age {
            return Ok(Self { id, tombstone: Tombstone::superseded(context)? });
        }
        let config = context.config();
        let grace_until = change.now.after(config.grace);
        let record = Record::Moved { to: id.key().digest, grace_until };
        let left = live.deadline.since(change.now).max(config.grace);
        let ttl = config.grace.saturating_add(live.idle(config)).min(left);
        Ok(Self { id, tombstone: Tombstone::new(&record, ttl, context)? })
    }
}

impl Rotate {
    pub(super) fn new(
        from: Base,
        by_age: bool,
        live: Live,
        change: &Change,
        context: &Context,
    ) -> Result<Box<Self>, SessionError> {
        let new = NewId::generate(&from, by_age, &live, change, context)?;
        let draft = Draft::renew(live, change, context)?;
        Ok(Box::new(Self { source: Source::new(from), new, draft, by_age }))
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
        match self.source.found(answer, context)? {
            Found::Expected(Answer::Rotate(RotateOutcome::Written)) => self.rotated(session, change),
            // An answer was lost, and other requests have built on the rotation since.
            Found::Moved(to) if to == self.new.id.key().digest => self.rotated(session, change),
            Found::Expected(Answer::Rotate(RotateOutcome::Exists)) => {
                // Only a broken source of entropy makes an id that is taken.
                change.count_conflict(context)?;
                change.retry.next_call();
                self.new = NewId::generate(
                    &self.source.base,
                    self.by_age,
                    &self.draft.version.live,
                    change,
                    context,
                )?;
                Ok(Next::Ask(Row::Rotate(self)))
            }
            Found::Expected(_) => Err(SessionError::Mismatched),
            Found::Newer(newer) => self.merge(session, change, &newer),
            Found::Moved(to) => {
                self.source.follow(to, change, context)?;
                Ok(Next::Ask(Row::Rotate(self)))
            }
            Found::Nothing => Err(self.source.gone()),
        }
    }

    fn rotated(self: Box<Self>, session: &OpenSession, change: &Change) -> Progress {
        let from = Some(self.source.base.key);
        settle::written(session, change, Written::under(self.new.id, from, self.draft.version, Vec::new()))
    }

    fn merge(mut self: Box<Self>, session: &OpenSession, change: &mut Change, newer: &Version) -> Progress {
        let is_rotated_already = self.by_age && self.source.base.id.is_none();
        if is_rotated_already && change.delta.is_empty() {
            return Ok(Next::Done(settle::nothing(session, Saved::Nothing)));
        }
        if is_rotated_already {
            return Commit::replayed(self.source, newer, session, change);
        }
        let live = change.replay(session, &mut self.source, newer)?;
        self.draft = Draft::renew(live, change, session.context())?;
        Ok(Next::Ask(Row::Rotate(self)))
    }
}
