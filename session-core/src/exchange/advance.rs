use super::{
    Answer, Saved, SessionError,
    plan::assign_id,
    work::{Refused, Stage, Work},
};
use crate::{
    id::StoreKey,
    record::{Live, Record, ValueError},
    session::Session,
    store::{CommitOutcome, CreateOutcome, DeleteOutcome, RotateOutcome, Stored, TouchOutcome},
};

/// Where a save stands after an answer.
pub(super) enum Progress {
    Ask,
    Done(Saved),
}

impl Work {
    /// Goes on with what the store answered.
    pub(super) fn advance(&mut self, session: &Session, answer: Answer) -> Result<Progress, SessionError> {
        match (self.stage, answer) {
            (_, Answer::Load(stored)) if self.following => self.followed(session, stored),
            (Stage::Touch, Answer::Touch(TouchOutcome::Touched)) => Ok(Progress::Done(Saved::Touched)),
            (Stage::Touch, Answer::Touch(TouchOutcome::Gone)) => Ok(Progress::Done(Saved::Nothing)),
            (Stage::Mark, Answer::Commit(CommitOutcome::Written)) => Ok(Progress::Done(Saved::Touched)),
            // Whoever wrote it meanwhile has noted a use, or has ended it.
            (Stage::Mark, Answer::Commit(_)) => Ok(Progress::Done(Saved::Nothing)),
            (Stage::Commit, Answer::Commit(outcome)) => match outcome {
                CommitOutcome::Written => Ok(Progress::Done(Saved::Committed { merged: self.merged })),
                CommitOutcome::Conflict(stored) => self.reconcile(session, &stored),
                CommitOutcome::Gone => Err(SessionError::Gone),
            },
            (Stage::Create, Answer::Create(outcome)) => self.created(session, outcome),
            (Stage::Rotate, Answer::Rotate(outcome)) => match outcome {
                RotateOutcome::Written => Ok(Progress::Done(Saved::Rotated)),
                RotateOutcome::Conflict(stored) => self.reconcile(session, &stored),
                RotateOutcome::Exists => self.another_id(session),
                RotateOutcome::Gone => Err(SessionError::Gone),
            },
            (Stage::Bury, Answer::Delete(outcome)) => match outcome {
                DeleteOutcome::Deleted => Ok(Progress::Done(Saved::Rotated)),
                DeleteOutcome::Conflict(stored) => self.reconcile(session, &stored),
                DeleteOutcome::Gone => Err(SessionError::Gone),
            },
            (Stage::Refresh, Answer::Commit(CommitOutcome::Written)) => {
                self.written = self.next;
                Ok(self.ask(Stage::Bury))
            }
            (Stage::Refresh, Answer::Commit(_)) => Err(SessionError::Gone),
            (Stage::Undo, Answer::Delete(_)) => Err(self.failure.take().unwrap_or(SessionError::Gone)),
            (Stage::End, Answer::Delete(outcome)) => match outcome {
                DeleteOutcome::Deleted => Ok(Progress::Done(Saved::Ended)),
                // It ended already; the browser may hold the cookie of a newer one.
                DeleteOutcome::Gone => {
                    self.already_gone = !self.unknown;
                    Ok(self.ended_before(session))
                }
                DeleteOutcome::Conflict(stored) => self.reconcile(session, &stored),
            },
            (Stage::Collect, Answer::Sweep(_)) => Ok(Progress::Done(Saved::Created)),
            _ => Err(SessionError::Mismatched),
        }
    }

    pub(super) fn ask(&mut self, stage: Stage) -> Progress {
        self.stage = stage;
        self.unknown = false;
        Progress::Ask
    }

    fn created(&mut self, session: &Session, outcome: CreateOutcome) -> Result<Progress, SessionError> {
        match outcome {
            CreateOutcome::Created { evicted } => {
                self.evicted = evicted.iter().map(crate::id::Digest::handle).collect();
            }
            CreateOutcome::Exists => return self.another_id(session),
            CreateOutcome::Full => return Err(SessionError::Full),
        }
        self.written = self.next;
        if self.from.is_some() {
            return Ok(self.ask(Stage::Bury));
        }
        if self.starts_collection(session) {
            Ok(self.ask(Stage::Collect))
        } else {
            Ok(Progress::Done(Saved::Created))
        }
    }

    /// The new id is taken, which only a broken source of entropy explains.
    fn another_id(&mut self, session: &Session) -> Result<Progress, SessionError> {
        self.count_conflict(session)?;
        assign_id(self, session.context())?;
        Ok(self.ask(self.stage))
    }

    /// Somebody else wrote the record since it was loaded.
    fn reconcile(&mut self, session: &Session, stored: &Stored) -> Result<Progress, SessionError> {
        match Record::decode(&stored.data, session.context().config().limits)? {
            Record::Live(fresh) => self.merge(session, stored, &fresh),
            // An answer was lost, and others have built on the rotation since.
            Record::Moved { to, .. } if self.to.as_ref().is_some_and(|id| id.key().digest == to) => {
                Ok(Progress::Done(Saved::Rotated))
            }
            Record::Moved { to, .. } => {
                self.count_conflict(session)?;
                if let Some(from) = &mut self.from {
                    from.key = StoreKey { digest: to, ..from.key };
                    from.id = None;
                }
                self.following = true;
                Ok(Progress::Ask)
            }
            Record::Superseded => Err(SessionError::Gone),
        }
    }

    fn followed(&mut self, session: &Session, stored: Option<Stored>) -> Result<Progress, SessionError> {
        self.following = false;
        match stored {
            Some(stored) => self.reconcile(session, &stored),
            None if self.stage == Stage::End => {
                self.already_gone = true;
                Ok(self.ended_before(session))
            }
            None => Err(SessionError::Gone),
        }
    }

    /// The session to be ended had ended, and all its tokens with it.
    fn ended_before(&mut self, session: &Session) -> Progress {
        let nothing = Live::new(session.context().config(), self.now);
        self.check_claims(&nothing, session.context());
        if !self.already_gone && self.failure.is_some() {
            // An earlier try may have ended it, or another request that took the token first.
            self.failure = Some(SessionError::Unknown);
        }
        Progress::Done(Saved::Ended)
    }

    fn merge(&mut self, session: &Session, stored: &Stored, fresh: &Live) -> Result<Progress, SessionError> {
        if self.stage == Stage::Commit && self.was_applied(fresh, stored)? {
            self.live = fresh.clone();
            self.next = stored.revision;
            self.ttl = stored.remaining;
            return Ok(Progress::Done(Saved::Committed { merged: self.merged }));
        }
        self.count_conflict(session)?;
        if self.by_age && self.from.as_ref().is_some_and(|from| from.id.is_none()) {
            // The other request has rotated the id already.
            if self.delta.is_empty() {
                return Ok(Progress::Done(Saved::Nothing));
            }
            (self.stage, self.by_age, self.to) = (Stage::Commit, false, None);
        }
        if let Err(Refused { index, error }) = self.rebase(fresh, stored.revision, session.context()) {
            if error == ValueError::TokenSpent {
                session.give_up(index, fresh, self.from.as_ref());
            }
            return Err(error.into());
        }
        match self.stage {
            Stage::End => Ok(Progress::Ask),
            Stage::Bury => {
                self.prepare(session.context())?;
                Ok(self.ask(Stage::Refresh))
            }
            _ => {
                self.prepare(session.context())?;
                Ok(Progress::Ask)
            }
        }
    }

    /// Whether this commit is among those the stored record was built on: its answer was lost, to us or to a store that
    /// then tried again by itself.
    fn was_applied(&self, fresh: &Live, stored: &Stored) -> Result<bool, SessionError> {
        let base = self.from.as_ref().map(|from| from.revision);
        let is_among = |revision| stored.revision == revision || fresh.lineage.contains(revision);
        match (is_among(self.next), self.unknown) {
            (applied, false) | (applied @ true, true) => Ok(applied),
            (false, true) if base.is_some_and(is_among) => Ok(false),
            (false, true) => Err(SessionError::Unknown),
        }
    }

    /// Whether this new session is the one in `sweep_one_in` that sweeps. Its digest is uniformly random, so no further
    /// randomness is needed.
    fn starts_collection(&self, session: &Session) -> bool {
        let one_in = session.context().config().sweep_one_in;
        let Some(to) = &self.to else { return false };
        let [.., a, b, c, d] = *to.key().digest.as_bytes();
        one_in > 0 && u32::from_be_bytes([a, b, c, d]).is_multiple_of(one_in)
    }

    fn count_conflict(&mut self, session: &Session) -> Result<(), SessionError> {
        let attempts = session.context().config().conflict_retries;
        self.conflicts_left =
            self.conflicts_left.checked_sub(1).ok_or(SessionError::Conflict { attempts })?;
        Ok(())
    }
}
