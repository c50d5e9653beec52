use std::sync::Arc;

use super::family_of;
use crate::{
    Context, Timestamp,
    exchange::{Answer, Call, Exchange, SessionError, Step},
    id::{Family, StoreKey},
    observe::log,
    record::Record,
    session::{SessionInfo, SessionPage},
    store::{Page, StoreError},
};

/// Lists a part of the live sessions of an owner, newest first.
///
/// # Errors
/// [`SessionError::Value`] if the owner's name is empty or too long.
pub fn list(
    context: &Arc<Context>,
    owner: &str,
    page: Page,
    now: Timestamp,
) -> Result<Listing, SessionError> {
    Ok(Listing { context: Arc::clone(context), family: family_of(context, owner)?, page, now })
}

/// The sessions of an owner that are being listed.
#[derive(Debug)]
pub struct Listing {
    context: Arc<Context>,
    family: Family,
    page: Page,
    now: Timestamp,
}

impl Exchange for Listing {
    type Output = SessionPage;

    fn call(&self) -> Call<'_> {
        Call::List { family: self.family, page: self.page }
    }

    fn answer(self, answer: Result<Answer, StoreError>) -> Result<Step<Self, SessionPage>, SessionError> {
        let Answer::List(listed) = answer.inspect_err(log::store_failed)? else {
            return Err(SessionError::Mismatched);
        };
        let mut sessions = Vec::with_capacity(listed.sessions.len());
        for (digest, stored) in listed.sessions {
            let key = StoreKey { family: self.family, digest };
            let record = Record::decode(&stored.data, self.context.config().limits);
            match record.inspect_err(|error| log::unreadable(&key, error))? {
                Record::Live(live) if live.deadline > self.now => {
                    let expires = self.now.after(stored.remaining);
                    sessions.push(SessionInfo::new(digest, live, expires, self.now, self.context.config()));
                }
                _ => {}
            }
        }
        Ok(Step::Done(SessionPage { sessions, next: listed.next }))
    }
}
