use std::{
    collections::BTreeMap,
    ops::{Bound, RangeBounds},
    sync::Arc,
};

use session_core::id::{Digest, Family};

use super::{
    budget::{Budget, Footprint},
    deadlines::Deadlines,
    draft::Draft,
    key::Key,
    moment::Moment,
    record::{Record, Role},
    records::Records,
};

/// All records of some families, with the indexes that find them by family and by deadline.
///
/// This file keeps records, indexes and budget in step; `operations.rs` has the rules of the contract. No function of a
/// shard panics, so a shard is consistent even if its lock is poisoned.
pub(crate) struct Shard {
    pub(crate) budget: Arc<Budget>,
    pub(crate) records: Records,
    pub(crate) deadlines: Deadlines,
    /// The records of owned families by age, tombstones included. A rotated session keeps its place.
    members: BTreeMap<(Family, u64), Digest>,
    next_order: u64,
    /// The latest time of any operation.
    now: Moment,
}

impl Shard {
    pub(crate) fn new(budget: Arc<Budget>) -> Self {
        Self {
            budget,
            records: Records::default(),
            deadlines: Deadlines::default(),
            members: BTreeMap::new(),
            next_order: 0,
            now: Moment::default(),
        }
    }

    /// Returns the time for an operation that read the clock before it got the lock. It is never earlier than the time of
    /// the operation before it, so that a record that one operation saw expired is not live for a later one.
    pub(crate) fn advance(&mut self, now: Moment) -> Moment {
        self.now = self.now.max(now);
        self.now
    }

    pub(crate) fn live(&self, key: &Key, now: Moment) -> Option<&Record> {
        self.records.get(key).filter(|record| record.is_live(now))
    }

    /// Returns the records of an owned family at these places, oldest first, tombstones and expired ones included.
    pub(crate) fn members(
        &self,
        family: Family,
        places: impl RangeBounds<u64>,
    ) -> impl DoubleEndedIterator<Item = &Record> {
        let first = match places.start_bound() {
            Bound::Included(first) | Bound::Excluded(first) => *first,
            Bound::Unbounded => 0,
        };
        let last = places.end_bound().map(|place| (family, *place));
        let last = if last == Bound::Unbounded { Bound::Included((family, u64::MAX)) } else { last };
        self.members
            .range((Bound::Included((family, first)), last))
            .filter_map(move |(_, digest)| self.records.get(&Key::new(&family, digest)))
    }

    /// Stores a session under a key without a record. The budget must already contain it.
    pub(crate) fn insert(&mut self, key: Key, draft: &mut Draft, now: Moment) {
        let order = self.newest_place();
        self.insert_in_place(key, draft, now, order);
    }

    /// Like [`insert`](Self::insert), but at the place `order` among the sessions of the family, which must be free.
    pub(crate) fn insert_in_place(&mut self, key: Key, draft: &mut Draft, now: Moment, order: u64) {
        let deadline = draft.deadline(now);
        let mut record = Record {
            key,
            revision: draft.next,
            data: std::mem::take(&mut draft.data),
            order,
            deadline,
            alarm: deadline,
            role: Role::OpenSession,
        };
        self.deadlines.enter(&mut record);
        self.records.insert(record);
        if key.family().is_owned() {
            self.members.insert((key.family(), order), key.digest());
        }
    }

    /// Moves the record to the newest place of its family.
    pub(crate) fn free_place(&mut self, key: &Key) {
        let order = self.newest_place();
        if let Some(record) = self.records.get_mut(key) {
            let old = std::mem::replace(&mut record.order, order);
            if let Some(digest) = self.members.remove(&(key.family(), old)) {
                self.members.insert((key.family(), order), digest);
            }
        }
    }

    /// Returns the place that the next record gets.
    pub(crate) const fn next_place(&self) -> u64 {
        self.next_order
    }

    fn newest_place(&mut self) -> u64 {
        let order = self.next_order;
        self.next_order += 1;
        order
    }

    /// Removes the record under the key.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Record> {
        let record = self.take(key)?;
        self.budget.release(Footprint::of(&record.data));
        Some(record)
    }

    /// Removes the record under the key. The budget must no longer contain it.
    pub(crate) fn take(&mut self, key: &Key) -> Option<Record> {
        let record = self.records.remove(key)?;
        if key.family().is_owned() {
            self.members.remove(&(key.family(), record.order));
        }
        Some(record)
    }

    /// Frees memory that the records no longer need. Takes constant time per write, amortised.
    pub(crate) fn tidy(&mut self) {
        self.deadlines.compact(&mut self.records);
        self.records.tidy();
    }
}
