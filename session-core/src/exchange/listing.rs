use std::sync::Arc;

use super::{Answer, Call, Exchange, SessionError, Step, family_of};
use crate::{
    Context, Timestamp, event,
    id::{Family, StoreKey},
    record::Record,
    session::SessionInfo,
    store::StoreError,
};

/// Lists the live sessions of an owner, newest first.
///
/// # Errors
/// [`SessionError::Value`] if that is no name of an owner.
pub fn list(context: &Arc<Context>, owner: &str, now: Timestamp) -> Result<Listing, SessionError> {
    Ok(Listing { context: Arc::clone(context), family: family_of(context, owner)?, now })
}

/// The sessions of an owner being listed.
#[derive(Debug)]
pub struct Listing {
    context: Arc<Context>,
    family: Family,
    now: Timestamp,
}

impl Exchange for Listing {
    type Output = Vec<SessionInfo>;

    fn call(&self) -> Call<'_> {
        Call::List { family: self.family }
    }

    fn answer(
        self,
        answer: Result<Answer, StoreError>,
    ) -> Result<Step<Self, Vec<SessionInfo>>, SessionError> {
        let Answer::List(listed) = answer.inspect_err(event::store_failed)? else {
            return Err(SessionError::Mismatched);
        };
        let mut sessions = Vec::with_capacity(listed.len());
        for (digest, stored) in listed {
            let key = StoreKey { family: self.family, digest };
            let record = Record::decode(&stored.data, self.context.config().limits());
            match record.inspect_err(|error| event::unreadable(&key, error))? {
                Record::Live(live) if live.deadline > self.now => {
                    let expires = self.now.after(stored.remaining);
                    sessions.push(SessionInfo::new(digest, live, expires, self.now, self.context.config()));
                }
                _ => {}
            }
        }
        Ok(Step::Done(sessions))
    }
}
