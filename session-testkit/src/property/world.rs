use std::{collections::BTreeMap, time::Duration};

use session_core::{
    id::{Family, StoreKey},
    store::{Cap, OnFull, Revision, Stored},
};

use super::{
    attempt::Attempt,
    step::{Base, Life, PLACES, Slot, Step},
};
use crate::{
    Rule,
    model::State,
    rules,
    subject::{Draft, Subject},
    violation::Checked,
};

/// The store and the model side by side, with keys that no other sequence uses.
pub(super) struct World<'a> {
    pub(super) s: &'a Subject,
    pub(super) state: State,
    /// When the last operation began. No deadline passed while it lasted, so the store's answer is that of this moment.
    pub(super) now: Duration,
    keys: Vec<Vec<StoreKey>>,
    former: BTreeMap<StoreKey, Vec<Revision>>,
    pub(super) last: Option<Attempt>,
    /// The rule that is broken if the key is not as expected: the one of the last operation on it.
    pub(super) blame: BTreeMap<StoreKey, &'static Rule>,
}

impl<'a> World<'a> {
    pub(super) fn new(s: &'a Subject, families: usize) -> Self {
        // One anonymous family among the owned ones.
        let family = |index| {
            if index == 1 { s.key().family } else { s.owned_family() }
        };
        let keys_in = |family| (0..PLACES).map(|_| s.key_in(family)).collect();
        Self {
            s,
            state: State::default(),
            now: s.now(),
            keys: (0..families).map(family).map(keys_in).collect(),
            former: BTreeMap::new(),
            last: None,
            blame: BTreeMap::new(),
        }
    }

    pub(super) async fn take(&mut self, step: &Step) -> Checked {
        match step {
            Step::Load(slot) => self.look_at(&self.key(*slot)).await,
            Step::Create { slot, life, cap } => {
                let cap = cap.and_then(|(max, refuse)| cap_of(max, refuse));
                self.attempt(Attempt::Create { key: self.key(*slot), draft: self.draft(*life), cap }).await
            }
            Step::Commit { slot, base, life, same } => {
                let key = self.key(*slot);
                let mut draft = self.draft(*life);
                if let Some(live) = self.state.live(self.now, &key).filter(|_| *same) {
                    draft.data = live.data.clone();
                }
                self.attempt(Attempt::Commit { key, expected: self.base(&key, *base), draft }).await
            }
            Step::Touch { slot, base, life } => {
                let key = self.key(*slot);
                self.touch(&key, self.base(&key, *base), self.ttl(*life)).await
            }
            Step::Rotate { slot, base, to, life, tombstone } => {
                let from = self.key(*slot);
                let to = self.key(Slot { place: *to, ..*slot });
                let tombstone = tombstone.map(|life| self.draft(life));
                let (expected, draft) = (self.base(&from, *base), self.draft(*life));
                if from == to {
                    return Ok(());
                }
                self.attempt(Attempt::Rotate { from, expected, to, draft, tombstone }).await
            }
            Step::Delete { slot, base, tombstone } => {
                let key = self.key(*slot);
                let expected = base.map(|base| self.base(&key, base));
                let tombstone = tombstone.map(|life| self.draft(life));
                self.attempt(Attempt::Delete { key, expected, tombstone }).await
            }
            Step::List(family) => self.list(&self.family(*family)).await,
            Step::Revoke { family, keep } => {
                let keep = keep.map(|place| self.key(Slot { family: *family, place }).digest);
                self.revoke(&self.family(*family), keep.as_ref()).await
            }
            Step::Sweep(limit) => self.sweep(*limit).await,
            Step::Pass(units) => {
                self.s.pass(self.unit() * *units);
                Ok(())
            }
            Step::Again => match self.last.clone() {
                Some(attempt) => self.attempt(attempt).await,
                None => Ok(()),
            },
        }
    }

    /// Compares everything that can be seen.
    pub(super) async fn look(&mut self) -> Checked {
        for family in 0..self.keys.len() {
            self.look_in(&self.family(family)).await?;
            self.list(&self.family(family)).await?;
        }
        Ok(())
    }

    /// Compares every key of a family.
    pub(super) async fn look_in(&mut self, family: &Family) -> Checked {
        for key in self.keys_in(family) {
            self.look_at(&key).await?;
        }
        Ok(())
    }

    pub(super) async fn look_at(&mut self, key: &StoreKey) -> Checked {
        self.begin();
        let seen = self.s.load(key).await?;
        self.in_time()?;
        let expected = self.state.live(self.now, key).map(|entry| entry.stored(self.now));
        let same = match (&seen, &expected) {
            (None, None) => true,
            (Some(seen), Some(expected)) => self.same(seen, expected),
            _ => false,
        };
        let s = self.s.under(self.to_blame(key, seen.is_some()));
        s.check(same, || format!("`load` answered {seen:?} and not {expected:?}"))
    }

    fn to_blame(&self, key: &StoreKey, seen: bool) -> &'static Rule {
        match self.state.at(key).filter(|entry| seen && !entry.is_live(self.now)) {
            Some(expired) if expired.tombstone => self.burial(key),
            Some(_) => &rules::LOAD_1,
            None => self.blame.get(key).copied().unwrap_or(&rules::LOAD_2),
        }
    }

    /// The rule about the expiry of the tombstone under the key.
    fn burial(&self, key: &StoreKey) -> &'static Rule {
        match self.blame.get(key) {
            Some(rule) if [&rules::DELETE_3, &rules::DELETE_4].contains(rule) => &rules::DELETE_3,
            _ => &rules::ROTATE_5,
        }
    }

    pub(super) fn blame(&mut self, key: &StoreKey, rule: &'static Rule) {
        self.blame.insert(*key, rule);
    }

    pub(super) fn remember(&mut self, key: &StoreKey, revision: Revision) {
        self.former.entry(*key).or_default().push(revision);
    }

    pub(super) fn keys_in(&self, family: &Family) -> Vec<StoreKey> {
        self.keys.iter().flatten().filter(|key| key.family == *family).copied().collect()
    }

    /// Whether the records are the same, and their remaining times as close as can be known.
    pub(super) fn same(&self, seen: &Stored, expected: &Stored) -> bool {
        seen.revision == expected.revision
            && seen.data == expected.data
            && seen.remaining.abs_diff(expected.remaining) <= self.tolerance()
            && !seen.remaining.is_zero()
    }

    /// How long an operation may take. A deadline that it sets is later than the model's by at most as much.
    fn margin(&self) -> Duration {
        self.s.pace().margin(self.s.shared.time.clock())
    }

    fn tolerance(&self) -> Duration {
        self.s.slack() + self.margin()
    }

    /// Begins an operation at a moment when no deadline can pass while it lasts.
    pub(super) fn begin(&mut self) {
        loop {
            self.now = self.s.now();
            let near = |deadline: &Duration| {
                *deadline <= self.now + self.margin() && *deadline + self.tolerance() >= self.now
            };
            match self.state.deadlines().filter(near).max() {
                Some(last) => {
                    self.s.pass((last + self.tolerance() + self.s.resolution()).saturating_sub(self.now));
                }
                None => return,
            }
        }
    }

    /// Makes the next session certainly younger than all before it. On a clock that stands, both the model and the store
    /// may take them for equally old.
    pub(super) fn pass_a_moment(&self) {
        if !self.s.stands() {
            self.s.pass(self.s.slack());
        }
    }

    /// The sequence proves nothing if the last operation took longer than it may, because the machine stalled.
    pub(super) fn in_time(&self) -> Checked {
        self.s.in_time(self.now, self.margin() + self.s.slack() + Duration::from_nanos(1))
    }

    /// The step of time of a sequence.
    fn unit(&self) -> Duration {
        self.s.pace().unit(self.s.shared.time.clock(), self.s.resolution())
    }

    fn key(&self, slot: Slot) -> StoreKey {
        let key = self.keys.get(slot.family).and_then(|family| family.get(slot.place));
        key.copied().unwrap_or_else(|| self.s.key())
    }

    fn family(&self, index: usize) -> Family {
        self.key(Slot { family: index, place: 0 }).family
    }

    fn base(&self, key: &StoreKey, base: Base) -> Revision {
        let known = match base {
            Base::Current => self.former.get(key).and_then(|former| former.last()),
            Base::Former(back) => self.former.get(key).and_then(|former| former.iter().rev().nth(back)),
            Base::Foreign => None,
        };
        known.copied().unwrap_or_else(|| self.s.revision())
    }

    fn draft(&self, life: Life) -> Draft {
        self.s.draft().living(self.ttl(life))
    }

    fn ttl(&self, life: Life) -> Duration {
        (self.unit() * life).saturating_sub(self.unit() / 2)
    }
}

fn cap_of(max: u32, refuse: bool) -> Option<Cap> {
    Subject::cap(max, if refuse { OnFull::Refuse } else { OnFull::EvictOldest })
}
