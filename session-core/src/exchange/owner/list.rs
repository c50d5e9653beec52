use std::{sync::Arc, vec};

use super::families_of;
use crate::{
    Context, Timestamp,
    exchange::{Answer, Call, Exchange, SessionError, Step},
    id::{Family, StoreKey},
    observe::log,
    record::Record,
    session::{SessionInfo, SessionPage},
    store::{Page, StoreError},
};

/// Lists a part of the live sessions of an owner, newest first. The last part also has all sessions under older secrets.
///
/// # Errors
/// [`SessionError::Value`] if the owner's name is empty or too long.
pub fn list(
    context: &Arc<Context>,
    owner: &str,
    page: Page,
    now: Timestamp,
) -> Result<Listing, SessionError> {
    let mut families = families_of(context, owner)?;
    let family = families.pop().unwrap_or_default();
    let (older, sessions) = (families.into_iter(), Vec::new());
    Ok(Listing { context: Arc::clone(context), family, page, now, older, is_older: false, sessions })
}

/// The sessions of an owner that are being listed.
#[derive(Debug)]
pub struct Listing {
    context: Arc<Context>,
    family: Family,
    page: Page,
    now: Timestamp,
    /// The families under older secrets. A place in a list is only one within a family.
    older: vec::IntoIter<Family>,
    is_older: bool,
    sessions: Vec<SessionInfo>,
}

impl Exchange for Listing {
    type Output = SessionPage;

    fn call(&self) -> Call<'_> {
        Call::List { family: self.family, page: self.page }
    }

    fn answer(mut self, answer: Result<Answer, StoreError>) -> Result<Step<Self, SessionPage>, SessionError> {
        let Answer::List(listed) = answer.inspect_err(log::store_failed)? else {
            return Err(SessionError::Mismatched);
        };
        self.sessions.reserve(listed.sessions.len());
        for (digest, stored) in listed.sessions {
            let key = StoreKey { family: self.family, digest };
            let expires = self.now.after(stored.remaining);
            match Record::decode_owned(stored.data) {
                Ok(Record::Live(live)) if live.deadline > self.now => {
                    let info = SessionInfo::new(digest, live, expires, self.now, self.context.config());
                    self.sessions.push(info);
                }
                Ok(_) => {}
                Err(error) => {
                    log::unreadable(&key, &error);
                    self.sessions.push(SessionInfo::unreadable(digest, expires));
                }
            }
        }
        self.page.after = listed.next;
        if self.page.after.is_none()
            && let Some(family) = self.older.next()
        {
            (self.family, self.is_older) = (family, true);
            return Ok(Step::Ask(self));
        }
        Ok(match self.page.after {
            Some(_) if self.is_older => Step::Ask(self),
            next => Step::Done(SessionPage { sessions: self.sessions, next }),
        })
    }
}
