//! Two sign-ins of one browser, such as a double click.
//!
//! A sign-in that lost its id to another sign-in as the same owner has proved itself. It joins: it makes a session of its
//! own from what the other one made. Both live then, so it does not matter whose response the browser takes last.

use super::{
    change::Change,
    change_owner::{ChangeOwner, Step},
    draft::Subject,
    rotate::Rotate,
    row::{Next, Progress, Row},
    source::{Found, Source},
};
use crate::{
    Context,
    exchange::{Answer, SessionError},
    id::StoreKey,
    session::{Base, OpenSession},
};

impl ChangeOwner {
    /// A sign-in whose old id was superseded by another sign-in, which made `successor`.
    pub(super) fn joining(
        successor: StoreKey,
        from: Base,
        subject: Subject<'_>,
        change: &Change,
        context: &Context,
    ) -> Result<Box<Self>, SessionError> {
        let mut row = Self::new(from, subject, change, context)?;
        row.successor = Some(successor);
        Ok(row)
    }

    pub(super) fn joined(
        mut self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        mut other: Source,
        answer: Answer,
    ) -> Progress {
        let next = match other.found(answer) {
            Err(error) => Err(error),
            Ok(Found::Newer(newer)) => self
                .replay(session, change, Some(other), &newer)
                .map(|written| Step::Refresh { written, is_last: true }),
            Ok(Found::Moved(to)) => {
                other.follow(to, change, session.context()).map(|()| Step::Join { other })
            }
            Ok(Found::Superseded(to)) if self.is_twin(change, to) => {
                change.count_conflict(session.context()).map(|()| self.join(to))
            }
            // A late sign-in needs nothing of the other session. It only would have liked to have its values.
            Ok(Found::Superseded(_) | Found::Nothing) if self.is_late() => {
                return self.complete(session, change);
            }
            Ok(Found::Superseded(_) | Found::Nothing | Found::Expected(_)) => Err(self.source.gone()),
        };
        Ok(match next {
            Ok(step) => self.next(change, step),
            Err(error) => self.undo(change, error),
        })
    }

    pub(super) fn full(
        self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        mut old: Source,
        answer: Answer,
    ) -> Progress {
        match old.found(answer)? {
            Found::Superseded(to) if self.is_twin(change, to) => {
                self.take_over(change, to, session.context())
            }
            _ => Err(SessionError::Full),
        }
    }

    /// Rotates the session that another sign-in of this browser made, because the owner may have no further one.
    pub(super) fn take_over(
        self: Box<Self>,
        change: &mut Change,
        other: StoreKey,
        context: &Context,
    ) -> Progress {
        change.retry.next_call();
        let from = Base { key: other, id: None, ..self.source.base };
        Ok(Next::Ask(Row::Rotate(Rotate::unread(from, &mut self.draft.live()?, change, context)?)))
    }

    /// Whether the request found its id superseded when it arrived.
    fn is_late(&self) -> bool {
        self.successor == Some(self.source.base.key)
    }

    /// Whether another sign-in as the same owner made the session `other` of the old one.
    pub(super) fn is_twin(&self, change: &Change, other: StoreKey) -> bool {
        change.delta.signs_in() && other.family == self.to.key().family
    }

    pub(super) fn join(&self, other: StoreKey) -> Step {
        Step::Join { other: Source::unread(Base { key: other, id: None, ..self.source.base.clone() }) }
    }
}
