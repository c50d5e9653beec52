use super::{
    change::Change,
    draft::{Draft, Subject},
    new_id,
    row::{Next, Progress, Row},
    settle::{self, Written},
};
use crate::{
    Context,
    exchange::{Answer, Call, SessionError},
    id::{CookieId, Digest, Family},
    session::OpenSession,
    store::{Cap, CreateOutcome},
};

/// A new session is stored.
#[derive(Debug)]
pub(super) struct Create {
    to: CookieId,
    draft: Draft,
    /// The owner that the session is created with decides its cap.
    cap: Option<Cap>,
}

impl Create {
    pub(super) fn new(
        subject: Subject<'_>,
        change: &Change,
        context: &Context,
    ) -> Result<Box<Self>, SessionError> {
        let to = new_id::generate(new_id::family_of(subject.live.owner.as_deref(), None, context), context)?;
        let cap = new_id::cap(&to, context);
        let draft = Draft::first(subject, &to.key().digest, change, context)?;
        Ok(Box::new(Self { to, draft, cap }))
    }

    pub(super) fn with_room(self: Box<Self>, cap: Cap) -> Box<Self> {
        Box::new(Self { cap: Some(cap), ..*self })
    }

    pub(super) fn call(&self) -> Call<'_> {
        Call::Create { key: *self.to.key(), write: self.draft.write(), cap: self.cap }
    }

    pub(super) fn answer(
        mut self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        answer: Answer,
    ) -> Progress {
        let context = session.context();
        match answer {
            Answer::Create(CreateOutcome::Created { evicted }) => self.created(session, change, &evicted),
            Answer::Create(CreateOutcome::Exists) => {
                // Only a broken source of entropy makes an id that is taken.
                change.count_conflict(context)?;
                change.retry.next_call();
                let family = Some(self.to.key().family).filter(Family::is_owned);
                self.to = new_id::generate(family, context)?;
                Ok(Next::Ask(Row::Create(self)))
            }
            Answer::Create(CreateOutcome::Full) => Err(SessionError::Full),
            _ => Err(SessionError::Mismatched),
        }
    }

    fn created(self: Box<Self>, session: &OpenSession, change: &Change, evicted: &[Digest]) -> Progress {
        let evicted = evicted.iter().map(Digest::handle).collect();
        let written = Written::under(self.to, None, self.draft, evicted);
        settle::written(session, change, written)
    }
}
