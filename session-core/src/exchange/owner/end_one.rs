use std::{fmt, sync::Arc, vec};

use super::families_of;
use crate::{
    Context, Timestamp,
    exchange::{Answer, Call, Exchange, SessionError, Step, retry::Retry, tombstone::Tombstone},
    id::{Digest, Family, SessionHandle, StoreKey},
    observe::{EndedBy, log},
    record::Record,
    store::{DeleteOutcome, Revision, StoreError, Stored},
};

/// Ends one session of an owner, also if it has a new id meanwhile. The result tells whether there was one: the handle of a
/// session that has ended or belongs to another owner ends nothing.
///
/// # Errors
/// [`SessionError::Value`] if the owner's name is empty or too long.
pub fn end(context: &Arc<Context>, owner: &str, handle: SessionHandle) -> Result<Ending, SessionError> {
    let mut families = families_of(context, owner)?.into_iter();
    let key = StoreKey { family: families.next().unwrap_or_default(), digest: handle.digest() };
    let ending = Ending::new(context, key, None, EndedBy::Application, Timestamp::from_millis(0));
    Ok(Ending { otherwise: (handle.digest(), families), ..ending })
}

/// A session that is being ended, but not by its own request.
#[derive(Clone)]
pub struct Ending {
    context: Arc<Context>,
    key: StoreKey,
    /// The revision of the record, once it is known.
    expected: Option<Revision>,
    by: EndedBy,
    /// Where else the session may be: under older secrets.
    otherwise: (Digest, vec::IntoIter<Family>),
    /// Tells a late request what ended the session. It is best effort.
    tombstone: Option<Tombstone>,
    /// The owner, once the record is known.
    owner: Option<String>,
    steps_left: u32,
    retry: Retry,
}

/// The most times that the session may be written or moved while it is being ended.
const MAX_STEPS: u32 = 256;

impl Ending {
    pub(in crate::exchange) fn new(
        context: &Arc<Context>,
        key: StoreKey,
        expected: Option<Revision>,
        by: EndedBy,
        at: Timestamp,
    ) -> Self {
        let tombstone = Tombstone::ended(by, at, context).ok();
        let context = Arc::clone(context);
        let otherwise = (key.digest, Vec::new().into_iter());
        Self {
            context,
            key,
            expected,
            by,
            otherwise,
            tombstone,
            owner: None,
            steps_left: MAX_STEPS,
            retry: Retry::new(),
        }
    }

    /// Names the owner where the record is not read any more.
    pub(in crate::exchange) fn of(self, owner: Option<String>) -> Self {
        Self { owner, ..self }
    }

    /// Deletes only a live record, or one that cannot be read. A tombstone tells where the session moved.
    fn found(mut self, stored: &Stored) -> Result<Step<Self, bool>, SessionError> {
        self.steps_left =
            self.steps_left.checked_sub(1).ok_or(SessionError::Conflict { attempts: MAX_STEPS })?;
        self.retry.next_call();
        match Record::decode(&stored.data) {
            Ok(Record::Live(live)) => (self.expected, self.owner) = (Some(stored.revision), live.owner),
            Err(_) => self.expected = Some(stored.revision),
            Ok(Record::Moved { to, .. }) => (self.key.digest, self.expected) = (to, None),
            Ok(Record::Superseded { .. } | Record::Ended { .. }) => {
                let ended = self.retry.is_lost();
                return Ok(self.done(ended));
            }
        }
        Ok(Step::Ask(self))
    }

    fn done(mut self, ended: bool) -> Step<Self, bool> {
        if ended {
            log::ended(&self.context, &self.key, self.by, self.owner.as_deref());
            return Step::Done(true);
        }
        let (digest, families) = &mut self.otherwise;
        let Some(family) = families.next() else { return Step::Done(false) };
        (self.key, self.expected) = (StoreKey { family, digest: *digest }, None);
        self.retry.next_call();
        Step::Ask(self)
    }
}

impl Exchange for Ending {
    type Output = bool;

    fn call(&self) -> Call<'_> {
        match self.expected {
            None => Call::Load { key: self.key },
            expected => {
                let tombstone = self.tombstone.as_ref().map(Tombstone::write);
                Call::Delete { key: self.key, expected, tombstone }
            }
        }
    }

    fn answer(mut self, answer: Result<Answer, StoreError>) -> Result<Step<Self, bool>, SessionError> {
        match answer {
            Ok(Answer::Load(Some(stored)) | Answer::Delete(DeleteOutcome::Conflict(stored))) => {
                self.found(&stored)
            }
            Ok(Answer::Delete(DeleteOutcome::Deleted)) => Ok(self.done(true)),
            Ok(Answer::Load(None) | Answer::Delete(DeleteOutcome::Gone)) => {
                let ended = self.retry.is_lost();
                Ok(self.done(ended))
            }
            Ok(_) => Err(SessionError::Mismatched),
            Err(error) => {
                let deletes = self.expected.is_some();
                self.retry.failed(error, deletes)?;
                Ok(Step::Ask(self))
            }
        }
    }
}

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ending").field("call", &self.call()).finish_non_exhaustive()
    }
}
