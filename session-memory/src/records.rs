use hashbrown::HashTable;

use super::{
    key::{Key, KeyHash},
    moment::Moment,
    record::Record,
};

/// The records of a shard side by side, and an index that finds them. The index is small, so a store that grows moves little, and the
/// processor keeps the index in its cache.
#[derive(Default)]
pub(crate) struct Records {
    all: Vec<Record>,
    index: HashTable<Place>,
}

/// Where a record is. The hash spares a look at the record.
#[derive(Clone, Copy)]
struct Place {
    hash: KeyHash,
    position: u32,
}

impl Records {
    /// The greatest number of records.
    pub(crate) const MAX: usize = u32::MAX as usize;

    pub(crate) const fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Record> {
        self.all.iter_mut()
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Record> {
        self.all.get(self.position(key.hash(), |record| record.key == *key)?)
    }

    pub(crate) fn get_mut(&mut self, key: &Key) -> Option<&mut Record> {
        let position = self.position(key.hash(), |record| record.key == *key)?;
        self.all.get_mut(position)
    }

    /// Returns a record with this hash whose alarm is then.
    pub(crate) fn with_alarm(&mut self, alarm: Moment, hash: KeyHash) -> Option<&mut Record> {
        let position = self.position(hash, |record| record.alarm == alarm)?;
        self.all.get_mut(position)
    }

    /// Adds a record whose key has none. There must be fewer than [`MAX`](Self::MAX).
    pub(crate) fn insert(&mut self, record: Record) {
        #[allow(clippy::cast_possible_truncation, reason = "there are fewer than u32::MAX")]
        let place = Place { hash: record.key.hash(), position: self.all.len() as u32 };
        self.all.push(record);
        self.index.insert_unique(place.hash.wide(), place, Place::wide_hash);
    }

    /// Removes the record. The last one takes its position.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Record> {
        let Self { all, index } = self;
        let is_it = |place: &Place| place.leads(all, key.hash(), |record| record.key == *key);
        let (place, _) = index.find_entry(key.hash().wide(), is_it).ok()?.remove();
        let record = all.swap_remove(place.position as usize);
        if let Some(moved) = all.get(place.position as usize) {
            let before = all.len();
            let hash = moved.key.hash();
            if let Some(last) = index.find_mut(hash.wide(), |last| last.position as usize == before) {
                last.position = place.position;
            }
        }
        Some(record)
    }

    /// Frees the memory that is not needed any more. Takes constant time per write, amortised.
    pub(crate) fn tidy(&mut self) {
        const SLACK: usize = 64;
        let len = self.all.len();
        if self.all.capacity() > len.saturating_mul(8).saturating_add(SLACK) {
            self.all.shrink_to(len.saturating_mul(2));
            self.index.shrink_to(len.saturating_mul(2), Place::wide_hash);
        }
    }

    fn position(&self, hash: KeyHash, is_it: impl Fn(&Record) -> bool) -> Option<usize> {
        let place = self.index.find(hash.wide(), |place| place.leads(&self.all, hash, &is_it))?;
        Some(place.position as usize)
    }
}

impl Place {
    fn leads(&self, records: &[Record], hash: KeyHash, to: impl Fn(&Record) -> bool) -> bool {
        self.hash == hash && records.get(self.position as usize).is_some_and(to)
    }

    const fn wide_hash(&self) -> u64 {
        self.hash.wide()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use proptest::{collection::vec, prelude::*};
    use session_core::{
        id::{Digest, Family},
        store::Revision,
    };

    use super::*;
    use crate::record::Role;

    /// Only some differ in their hash.
    fn key(number: u8) -> Key {
        let mut digest = [0; 32];
        digest[0] = number;
        digest[31] = number % 3;
        Key::new(&Family::from_bytes([number % 2; 16]), &Digest::from_bytes(digest))
    }

    fn record(number: u8, order: u64) -> Record {
        Record {
            key: key(number),
            revision: Revision::from_bytes([0; 16]),
            data: Bytes::new(),
            order,
            deadline: Moment::default(),
            alarm: Moment::default(),
            role: Role::OpenSession,
        }
    }

    proptest! {
        #[test]
        fn records_are_a_map_by_key(steps in vec((any::<bool>(), 0_u8..40), 0..400)) {
            let (mut records, mut model) = (Records::default(), BTreeMap::new());
            for (order, (adds, number)) in (0..).zip(steps) {
                match (adds, records.get_mut(&key(number))) {
                    (true, Some(found)) => found.order = order,
                    (true, None) => records.insert(record(number, order)),
                    (false, _) => {
                        let removed = records.remove(&key(number)).map(|record| record.order);
                        prop_assert_eq!(removed, model.get(&number).copied());
                    }
                }
                if adds { model.insert(number, order) } else { model.remove(&number) };
                records.tidy();
                prop_assert_eq!(records.len(), model.len());
                for number in 0..40 {
                    let found = records.get(&key(number)).map(|record| record.order);
                    prop_assert_eq!(found, model.get(&number).copied());
                }
            }
        }
    }

    #[test]
    fn the_memory_of_many_that_are_gone_is_given_back() {
        let mut records = Records::default();
        (0..=255).for_each(|number| records.insert(record(number, 0)));
        assert!(records.all.capacity() >= 256 && records.index.capacity() >= 256);
        (1..=255).for_each(|number| drop(records.remove(&key(number))));
        records.tidy();
        assert!(records.all.capacity() <= 16 && records.index.capacity() <= 16);
        assert!(records.get(&key(0)).is_some());
    }
}
