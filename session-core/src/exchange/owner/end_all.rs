use std::{fmt, sync::Arc, vec};

use super::families_of;
use crate::{
    Context,
    exchange::{Answer, Call, Exchange, SessionError, Step, retry::Retry},
    id::{Digest, Family},
    observe::{EndedBy, log},
    session::{OpenSession, SignInRequired},
    store::StoreError,
};

/// Ends all sessions of an owner. The result is their number.
///
/// # Errors
/// [`SessionError::Value`] if the owner's name is empty or too long.
pub fn end_all(context: &Arc<Context>, owner: &str) -> Result<Revoking, SessionError> {
    let families = families_of(context, owner)?;
    Ok(Revoking::new(context, families, None, EndedBy::Application, Some(owner)))
}

/// Ends all other sessions of the session's owner. The result is their number. The session must have been saved since its
/// last change.
///
/// # Errors
/// [`SessionError::SignInRequired`] if the stored session has no owner.
pub fn end_others(session: &OpenSession) -> Result<Revoking, SessionError> {
    let state = session.state();
    let key = state.base.as_ref().map(|base| base.key).filter(|key| key.is_owned());
    let key = key.ok_or(SignInRequired::NotSignedIn)?;
    let owner = state.live.owner.as_deref().ok_or(SignInRequired::NotSignedIn)?;
    let families = families_of(session.context(), owner)?;
    Ok(Revoking::new(session.context(), families, Some(key.digest), EndedBy::Application, Some(owner)))
}

/// The sessions of an owner that are being ended.
#[derive(Clone)]
pub struct Revoking {
    context: Arc<Context>,
    /// The family that is being ended.
    family: Family,
    rest: vec::IntoIter<Family>,
    keep: Option<Digest>,
    by: EndedBy,
    owner: Option<String>,
    count: u64,
    retry: Retry,
}

impl Revoking {
    pub(in crate::exchange) fn new(
        context: &Arc<Context>,
        families: Vec<Family>,
        keep: Option<Digest>,
        by: EndedBy,
        owner: Option<&str>,
    ) -> Self {
        let mut rest = families.into_iter();
        let (family, owner) = (rest.next().unwrap_or_default(), owner.map(str::to_owned));
        Self { context: Arc::clone(context), family, rest, keep, by, owner, count: 0, retry: Retry::new() }
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
                self.count += count;
                if let Some(family) = self.rest.next() {
                    self.family = family;
                    self.retry.next_call();
                    return Ok(Step::Ask(self));
                }
                log::revoked(&self.context, &self.family, self.count, self.by, self.owner);
                Ok(Step::Done(self.count))
            }
            Ok(_) => Err(SessionError::Mismatched),
            Err(error) => {
                // A repetition counts only the sessions that the first try has left.
                self.retry.failed(error, true)?;
                Ok(Step::Ask(self))
            }
        }
    }
}

impl fmt::Debug for Revoking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revoking").field("call", &self.call()).finish_non_exhaustive()
    }
}
