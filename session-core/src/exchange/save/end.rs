use super::{
    change::Change,
    row::{Next, Progress, Row},
    settle,
    source::{Found, Source},
};
use crate::{
    Context,
    exchange::{Answer, Call, SessionError, tombstone::Tombstone},
    id::EntropyError,
    record::Live,
    session::{Base, OpenSession},
    store::DeleteOutcome,
};

/// A destroyed session, or one that a sign-out leaves empty, is deleted.
#[derive(Debug)]
pub(super) struct End {
    pub(super) source: Source,
    tombstone: Tombstone,
    refused: Option<SessionError>,
}

impl End {
    pub(super) fn new(from: Base, change: &Change, context: &Context) -> Result<Box<Self>, EntropyError> {
        let tombstone = Tombstone::ended(change.ends_by(), change.now, context)?;
        Ok(Box::new(Self { source: Source::new(from), tombstone, refused: None }))
    }

    pub(super) fn call(&self) -> Call<'_> {
        let Base { key, revision, .. } = self.source.base;
        let delete = Call::Delete { key, expected: Some(revision), tombstone: Some(self.tombstone.write()) };
        self.source.load().unwrap_or(delete)
    }

    pub(super) fn answer(
        mut self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        answer: Answer,
    ) -> Progress {
        let context = session.context();
        match self.source.found(answer)? {
            Found::Expected(Answer::Delete(DeleteOutcome::Deleted)) => self.done(session, change, false),
            Found::Expected(_) => Err(SessionError::Mismatched),
            Found::Newer(newer) => {
                change.count_conflict(context)?;
                change.rebase(&mut self.source, &newer);
                self.check_claims(session, change, &newer.live);
                Ok(Next::Ask(Row::End(self)))
            }
            Found::Moved(to) => {
                self.source.follow(to, change, context)?;
                change.retry.next_call();
                Ok(Next::Ask(Row::End(self)))
            }
            Found::Superseded(_) => Err(self.source.gone()),
            Found::Nothing => self.ended_before(session, change),
        }
    }

    fn done(self: Box<Self>, session: &OpenSession, change: &Change, already: bool) -> Progress {
        settle::ended(session, change, &self.source.base.key, already, self.refused)
    }

    /// The session had ended, and all its tokens with it.
    fn ended_before(mut self: Box<Self>, session: &OpenSession, change: &Change) -> Progress {
        let already = !change.retry.is_lost();
        let nothing = Live::new(session.context().config(), change.now);
        self.check_claims(session, change, &nothing);
        if !already && self.refused.is_some() {
            // Either an earlier try ended it, or another request that took the token first.
            self.refused = Some(SessionError::Unknown);
        }
        self.done(session, change, already)
    }

    fn check_claims(&mut self, session: &OpenSession, change: &Change, found: &Live) {
        if change.claims_spent_token(found, session.context()) {
            self.refused = Some(SessionError::TokenSpent);
        }
    }
}
