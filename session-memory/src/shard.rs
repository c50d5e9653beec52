use std::{collections::BTreeMap, sync::Arc, time::Duration};

use session_core::id::{Digest, Family};

use super::{
    budget::{Budget, Footprint},
    deadlines::{Deadlines, Due},
    draft::Draft,
    key::{Key, KeyMap},
    record::{Record, Role},
};

/// All records of some families, with the indexes that find them by family and by deadline.
///
/// This file keeps the three in step with each other and with the budget; the rules of the contract are in
/// `operations.rs`. Nothing in either can panic, so a shard is whole even if its lock is poisoned.
pub(crate) struct Shard {
    pub(crate) budget: Arc<Budget>,
    pub(crate) records: KeyMap<Record>,
    pub(crate) deadlines: Deadlines,
    /// The records of owned families, tombstones included, in the order in which they came; a rotated session stays in
    /// its place.
    members: BTreeMap<(Family, u64), Digest>,
    next_order: u64,
    /// The latest time anybody came with.
    now: Duration,
}

/// What [`Shard::reclaim`] did.
pub(crate) struct Reclaimed {
    pub(crate) removed: usize,
    /// Nothing expired is left.
    pub(crate) all: bool,
}

impl Shard {
    pub(crate) fn new(budget: Arc<Budget>) -> Self {
        Self {
            budget,
            records: KeyMap::default(),
            deadlines: Deadlines::default(),
            members: BTreeMap::new(),
            next_order: 0,
            now: Duration::ZERO,
        }
    }

    /// The time for an operation that read the clock before it got the lock: never earlier than for the one before it,
    /// so that a record somebody has seen expired cannot be revived by somebody who waited.
    pub(crate) fn advance(&mut self, now: Duration) -> Duration {
        self.now = self.now.max(now);
        self.now
    }

    pub(crate) fn live(&self, key: &Key, now: Duration) -> Option<&Record> {
        self.records.get(key).filter(|record| record.is_live(now))
    }

    /// The records of an owned family, oldest first: also tombstones and expired ones.
    pub(crate) fn members(&self, family: Family) -> impl DoubleEndedIterator<Item = (Key, &Record)> {
        self.members.range((family, 0)..=(family, u64::MAX)).filter_map(move |(_, digest)| {
            let key = Key::new(&family, digest);
            Some((key, self.records.get(&key)?))
        })
    }

    /// Stores a session whose footprint is already in the budget, under a key that holds nothing.
    pub(crate) fn insert(&mut self, key: Key, draft: &mut Draft, now: Duration) {
        let order = self.newest_place();
        self.insert_in_place(key, draft, now, order);
    }

    /// As [`insert`](Self::insert), in a free place among the sessions of the family.
    pub(crate) fn insert_in_place(&mut self, key: Key, draft: &mut Draft, now: Duration, order: u64) {
        let mut record = Record {
            revision: draft.next,
            data: std::mem::take(&mut draft.data),
            role: Role::Session,
            order,
            deadline: Duration::ZERO,
            alarm: None,
        };
        self.deadlines.set(key, &mut record, draft.deadline(now));
        self.records.insert(key, record);
        if key.family().is_owned() {
            self.members.insert((key.family(), order), key.digest());
        }
    }

    /// Moves what is under the key to the newest place of its family.
    pub(crate) fn free_place(&mut self, key: &Key) {
        let order = self.newest_place();
        if let Some(record) = self.records.get_mut(key) {
            let old = std::mem::replace(&mut record.order, order);
            if let Some(digest) = self.members.remove(&(key.family(), old)) {
                self.members.insert((key.family(), order), digest);
            }
        }
    }

    fn newest_place(&mut self) -> u64 {
        let order = self.next_order;
        self.next_order += 1;
        order
    }

    /// Removes whatever is under the key.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Record> {
        let record = self.take(key)?;
        self.budget.release(Footprint::of(&record.data));
        Some(record)
    }

    /// Removes whatever is under the key, whose footprint is already out of the budget.
    pub(crate) fn take(&mut self, key: &Key) -> Option<Record> {
        let record = self.records.remove(key)?;
        if key.family().is_owned() {
            self.members.remove(&(key.family(), record.order));
        }
        Some(record)
    }

    /// Removes expired records, looking at no more than `steps` deadlines.
    pub(crate) fn reclaim(&mut self, now: Duration, steps: usize) -> Reclaimed {
        let mut removed = 0;
        for _ in 0..steps {
            match self.deadlines.next(now, &mut self.records) {
                Due::Nothing => return Reclaimed { removed, all: true },
                Due::NotYet => {}
                Due::Expired(key) => {
                    self.remove(&key);
                    removed += 1;
                }
            }
        }
        Reclaimed { removed, all: false }
    }

    /// Gives back memory that the records no longer need; constant time per write, amortised.
    pub(crate) fn tidy(&mut self) {
        const SLACK: usize = 64;
        self.deadlines.compact(&mut self.records);
        let len = self.records.len();
        if self.records.capacity() > len.saturating_mul(8).saturating_add(SLACK) {
            self.records.shrink_to(len.saturating_mul(2));
        }
    }
}
