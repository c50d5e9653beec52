use super::{change::Change, draft::Version};
use crate::{
    Context,
    exchange::{Answer, Call, SessionError},
    id::{Digest, StoreKey},
    observe::log,
    record::Record,
    session::Base,
    store::{CommitOutcome, DeleteOutcome, RotateOutcome},
};

/// The stored session that a save changes.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) base: Base,
    /// The record must be loaded first, such as after it moved to another key.
    moved: bool,
}

/// The state of the stored session, according to an answer.
#[allow(clippy::large_enum_variant, reason = "it is short-lived and never stored")]
pub(super) enum Found {
    /// The session is as expected.
    Expected(Answer),
    /// Another request wrote it.
    Newer(Version),
    /// Another request moved it to another key.
    Moved(Digest),
    /// A change of rights made another session of it.
    Superseded(StoreKey),
    /// It has ended.
    Nothing,
}

impl Source {
    pub(super) const fn new(base: Base) -> Self {
        Self { base, moved: false }
    }

    /// The stored session under a key that this save has not read yet.
    pub(super) const fn unread(base: Base) -> Self {
        Self { base, moved: true }
    }

    /// Loads the record before the next call.
    pub(super) const fn reload(&mut self) {
        self.moved = true;
    }

    /// The call that must come before all others, if the record moved.
    pub(super) fn load(&self) -> Option<Call<'static>> {
        self.moved.then_some(Call::Load { key: self.base.key })
    }

    /// Continues under the key that the record moved to.
    pub(super) fn follow(
        &mut self,
        to: Digest,
        change: &mut Change,
        context: &Context,
    ) -> Result<(), SessionError> {
        change.count_conflict(context)?;
        self.base.key = StoreKey { digest: to, ..self.base.key };
        self.base.id = None;
        self.moved = true;
        Ok(())
    }

    /// Logs that the session has ended, and returns the error.
    pub(super) fn gone(&self) -> SessionError {
        log::gone(&self.base.key);
        SessionError::Gone
    }

    pub(super) fn found(&mut self, answer: Answer) -> Result<Found, SessionError> {
        self.moved = false;
        let stored = match answer {
            Answer::Load(Some(stored))
            | Answer::Commit(CommitOutcome::Conflict(stored))
            | Answer::Rotate(RotateOutcome::Conflict(stored))
            | Answer::Delete(DeleteOutcome::Conflict(stored)) => stored,
            Answer::Load(None)
            | Answer::Commit(CommitOutcome::Gone)
            | Answer::Rotate(RotateOutcome::Gone)
            | Answer::Delete(DeleteOutcome::Gone) => return Ok(Found::Nothing),
            answer => return Ok(Found::Expected(answer)),
        };
        Ok(match Record::decode_owned(stored.data)? {
            Record::Live(live) => {
                Found::Newer(Version { live, revision: stored.revision, ttl: stored.remaining })
            }
            Record::Moved { to, .. } => Found::Moved(to),
            Record::Superseded { to, .. } => Found::Superseded(to),
            Record::Ended { .. } => Found::Nothing,
        })
    }
}
