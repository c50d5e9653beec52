use std::num::NonZeroU32;

use super::{
    change::Change,
    evict::Evict,
    row::{Next, Progress, Row},
};
use crate::{
    Context,
    exchange::{Answer, Call, SessionError},
    id::{Digest, Family, StoreKey},
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
                then,
            })),
            _ => then,
        }
    }

    pub(super) const fn call(&self) -> Call<'_> {
        Call::List { family: self.family, page: self.page }
    }

    pub(super) fn answer(mut self: Box<Self>, change: &mut Change, answer: Answer) -> Progress {
        change.retry.next_call();
        let Answer::List(listed) = answer else { return Err(SessionError::Mismatched) };
        let keys = listed.sessions.iter().map(|(digest, _)| *digest);
        let keys = keys.filter(|digest| self.keep != Some(*digest));
        let keys: Vec<_> = keys.map(|digest| StoreKey { family: self.family, digest }).collect();
        match self.is_older {
            true => self.older.extend(keys),
            false => self.count += keys.len(),
        }
        self.page.after = listed.next;
        if listed.next.is_none() {
            let Some(family) = self.rest.pop() else { return self.counted() };
            (self.family, self.is_older) = (family, true);
        }
        Ok(Next::Ask(Row::Room(self)))
    }

    /// The oldest sessions that are too many are ended last. The store counts those of the first secret.
    fn counted(mut self) -> Progress {
        let max = usize::try_from(self.cap.max.get()).unwrap_or(usize::MAX);
        let excess = (self.count + self.older.len() + 1).saturating_sub(max);
        if self.cap.on_full == OnFull::Refuse && excess > 0 {
            return Err(SessionError::Full);
        }
        let evicted = self.older.split_off(self.older.len().saturating_sub(excess));
        let older = u32::try_from(self.older.len()).unwrap_or(u32::MAX);
        let max = NonZeroU32::new(self.cap.max.get().saturating_sub(older)).unwrap_or(NonZeroU32::MIN);
        let cap = Cap { max, ..self.cap };
        let row = match self.then {
            Row::Create(row) => Row::Create(row.with_room(cap)),
            Row::ChangeOwner(row) => Row::ChangeOwner(row.with_room(cap)),
            row => row,
        };
        Ok(Next::Ask(Evict::after(row, evicted)))
    }
}
