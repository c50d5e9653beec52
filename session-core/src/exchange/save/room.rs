use std::num::NonZeroU32;

use super::{
    change::Change,
    row::{Next, Progress, Row},
};
use crate::{
    Context, Timestamp,
    exchange::{Answer, Call, Exchange as _, SessionError, Step, owner::Ending},
    id::{Digest, Family, SessionHandle, StoreKey},
    observe::EndedBy,
    session::OpenSession,
    store::{Cap, OnFull, Page},
};

/// Counts the sessions that an owner has under older secrets before one more is stored, because a store counts one family.
#[derive(Debug)]
pub(super) struct Room {
    family: Family,
    /// The families to look at next, from the last.
    rest: Vec<Family>,
    page: Page,
    is_older: bool,
    /// The session that moves and does not count.
    keep: Option<Digest>,
    cap: Cap,
    /// The number of sessions under the first secret.
    count: usize,
    /// The sessions under older secrets, newest first.
    older: Vec<StoreKey>,
    evicted: Vec<SessionHandle>,
    ending: Option<Ending>,
    then: Row,
}

impl Room {
    /// The row that comes before `then`, if the owner may have sessions under older secrets and is limited.
    pub(super) fn before(then: Row, owner: Option<&str>, keep: Option<Digest>, context: &Context) -> Row {
        let config = context.config();
        let (Some(owner), Some(cap)) = (owner, config.cap()) else { return then };
        let mut rest: Vec<_> = config.families_of(owner).collect();
        match rest.pop() {
            Some(family) if !rest.is_empty() => Row::Room(Box::new(Self {
                family,
                rest,
                page: Page::default(),
                is_older: false,
                keep,
                cap,
                count: 0,
                older: Vec::new(),
                evicted: Vec::new(),
                ending: None,
                then,
            })),
            _ => then,
        }
    }

    pub(super) fn call(&self) -> Call<'_> {
        match &self.ending {
            Some(ending) => ending.call(),
            None => Call::List { family: self.family, page: self.page },
        }
    }

    pub(super) fn answer(
        mut self: Box<Self>,
        session: &OpenSession,
        change: &mut Change,
        answer: Answer,
    ) -> Progress {
        change.retry.next_call();
        match (self.ending.take(), answer) {
            (Some(ending), answer) => match ending.answer(Ok(answer))? {
                Step::Ask(ending) => {
                    self.ending = Some(ending);
                    Ok(Next::Ask(Row::Room(self)))
                }
                Step::Done(_) => Ok(self.evict_or_go_on(session)),
            },
            (None, Answer::List(listed)) => {
                let keys = listed.sessions.iter().map(|(digest, _)| *digest);
                let keys = keys.filter(|digest| self.keep != Some(*digest));
                let keys: Vec<_> = keys.map(|digest| StoreKey { family: self.family, digest }).collect();
                match self.is_older {
                    true => self.older.extend(keys),
                    false => self.count += keys.len(),
                }
                self.page.after = listed.next;
                if listed.next.is_none() {
                    let Some(family) = self.rest.pop() else { return self.counted(session) };
                    (self.family, self.is_older) = (family, true);
                }
                Ok(Next::Ask(Row::Room(self)))
            }
            _ => Err(SessionError::Mismatched),
        }
    }

    fn counted(self: Box<Self>, session: &OpenSession) -> Progress {
        if self.cap.on_full == OnFull::Refuse && self.excess() > 0 {
            return Err(SessionError::Full);
        }
        Ok(self.evict_or_go_on(session))
    }

    /// How many sessions are too many with the new one.
    fn excess(&self) -> usize {
        let max = usize::try_from(self.cap.max.get()).unwrap_or(usize::MAX);
        (self.count + self.older.len() + 1).saturating_sub(max)
    }

    /// Ends the oldest session that is too many, or lets the store count those of the first secret.
    fn evict_or_go_on(mut self: Box<Self>, session: &OpenSession) -> Next {
        if self.excess() > 0
            && let Some(oldest) = self.older.pop()
        {
            self.evicted.push(oldest.digest.handle());
            self.ending =
                Some(Ending::new(session.context(), oldest, None, EndedBy::Cap, Timestamp::from_millis(0)));
            return Next::Ask(Row::Room(self));
        }
        let older = u32::try_from(self.older.len()).unwrap_or(u32::MAX);
        let max = NonZeroU32::new(self.cap.max.get().saturating_sub(older)).unwrap_or(NonZeroU32::MIN);
        let cap = Cap { max, ..self.cap };
        Next::Ask(match self.then {
            Row::Create(row) => Row::Create(row.with_room(cap, self.evicted)),
            Row::ChangeOwner(row) => Row::ChangeOwner(row.with_room(cap, self.evicted)),
            row => row,
        })
    }
}
