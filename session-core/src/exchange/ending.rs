use std::sync::Arc;

use super::{Answer, Call, Exchange, SessionError, Step, family_of, plan::REPEATS};
use crate::{
    Context, event,
    id::{SessionHandle, StoreKey},
    observe::EndedBy,
    record::Record,
    store::{Applied, DeleteOutcome, Revision, StoreError, Stored},
};

/// Ends one session of an owner, wherever it has moved meanwhile. Comes to whether there was one: a handle of another
/// owner's session, or of one that has ended, ends nothing.
///
/// # Errors
/// [`SessionError::Value`] if that is no name of an owner.
pub fn end(context: &Arc<Context>, owner: &str, handle: SessionHandle) -> Result<Ending, SessionError> {
    let key = StoreKey { family: family_of(context, owner)?, digest: handle.digest() };
    Ok(Ending::new(context, key, None, EndedBy::Application))
}

/// A session being ended by somebody else than its own request.
#[derive(Debug, Clone)]
pub struct Ending {
    context: Arc<Context>,
    key: StoreKey,
    /// The revision it has, once that is known.
    expected: Option<Revision>,
    by: EndedBy,
    steps_left: u32,
    repeats_left: u32,
    /// An earlier try of the delete may have been applied.
    unknown: bool,
}

/// How often the session may be written or move while it is being ended.
const MOST_STEPS: u32 = 256;

impl Ending {
    pub(super) fn new(
        context: &Arc<Context>,
        key: StoreKey,
        expected: Option<Revision>,
        by: EndedBy,
    ) -> Self {
        let context = Arc::clone(context);
        Self { context, key, expected, by, steps_left: MOST_STEPS, repeats_left: REPEATS, unknown: false }
    }

    /// Only what is known to be live is deleted: a tombstone tells where the session went.
    fn go_on(mut self, stored: &Stored) -> Result<Step<Self, bool>, SessionError> {
        self.steps_left =
            self.steps_left.checked_sub(1).ok_or(SessionError::Conflict { attempts: MOST_STEPS })?;
        self.unknown = false;
        match Record::decode(&stored.data, self.context.config().limits)? {
            Record::Live(_) => self.expected = Some(stored.revision),
            Record::Moved { to, .. } => (self.key.digest, self.expected) = (to, None),
            Record::Superseded => return Ok(Step::Done(false)),
        }
        Ok(Step::Ask(self))
    }

    fn done(self, ended: bool) -> Step<Self, bool> {
        if ended {
            event::ended(&self.context, &self.key, self.by);
        }
        Step::Done(ended)
    }

    fn failed(mut self, error: StoreError) -> Result<Step<Self, bool>, SessionError> {
        event::store_failed(&error);
        if error.applied() == Applied::Unknown && self.repeats_left > 0 {
            self.repeats_left -= 1;
            self.unknown |= self.expected.is_some();
            return Ok(Step::Ask(self));
        }
        Err(error.into())
    }
}

impl Exchange for Ending {
    type Output = bool;

    fn call(&self) -> Call<'_> {
        match self.expected {
            None => Call::Load { key: self.key },
            expected => Call::Delete { key: self.key, expected, tombstone: None },
        }
    }

    fn answer(self, answer: Result<Answer, StoreError>) -> Result<Step<Self, bool>, SessionError> {
        match answer {
            Ok(Answer::Load(Some(stored)) | Answer::Delete(DeleteOutcome::Conflict(stored))) => {
                self.go_on(&stored)
            }
            Ok(Answer::Delete(DeleteOutcome::Deleted)) => Ok(self.done(true)),
            Ok(Answer::Load(None) | Answer::Delete(DeleteOutcome::Gone)) => {
                let ended = self.unknown;
                Ok(self.done(ended))
            }
            Ok(_) => Err(SessionError::Mismatched),
            Err(error) => self.failed(error),
        }
    }
}
