use std::sync::Arc;

use super::{Answer, Call, Exchange, SessionError, Step, family_of, plan::REPEATS};
use crate::{
    Context, event,
    id::{Digest, Family},
    observe::EndedBy,
    record::ValueError,
    session::Session,
    store::{Applied, StoreError},
};

/// Ends all sessions of an owner. Comes to how many there were.
///
/// # Errors
/// [`SessionError::Value`] if that is no name of an owner.
pub fn end_all(context: &Arc<Context>, owner: &str) -> Result<Revoking, SessionError> {
    Ok(Revoking::new(context, family_of(context, owner)?, None, EndedBy::Application))
}

/// Ends all sessions of the session's owner but itself. Comes to how many others there were. The session must have been
/// saved since it was changed.
///
/// # Errors
/// [`SessionError::Value`] if nobody is signed in to the stored session.
pub fn end_others(session: &Session) -> Result<Revoking, SessionError> {
    let state = session.state();
    let key = state.origin.as_ref().map(|origin| origin.key).filter(|key| key.is_owned());
    let key = key.ok_or(ValueError::NotSignedIn)?;
    Ok(Revoking::new(session.context(), key.family, Some(key.digest), EndedBy::Application))
}

/// The sessions of an owner being ended.
#[derive(Debug, Clone)]
pub struct Revoking {
    context: Arc<Context>,
    family: Family,
    keep: Option<Digest>,
    by: EndedBy,
    repeats_left: u32,
}

impl Revoking {
    pub(super) fn new(context: &Arc<Context>, family: Family, keep: Option<Digest>, by: EndedBy) -> Self {
        Self { context: Arc::clone(context), family, keep, by, repeats_left: REPEATS }
    }
}

impl Exchange for Revoking {
    type Output = u64;

    fn call(&self) -> Call<'_> {
        Call::Revoke { family: self.family, keep: self.keep }
    }

    fn answer(mut self, answer: Result<Answer, StoreError>) -> Result<Step<Self, u64>, SessionError> {
        match answer {
            Ok(Answer::Revoke(count)) => {
                event::revoked(&self.context, &self.family, count, self.by);
                Ok(Step::Done(count))
            }
            Ok(_) => Err(SessionError::Mismatched),
            Err(error) => {
                event::store_failed(&error);
                if error.applied() == Applied::No || self.repeats_left == 0 {
                    return Err(error.into());
                }
                // Ending what has ended does no harm; the count is then of what was left.
                self.repeats_left -= 1;
                Ok(Step::Ask(self))
            }
        }
    }
}
