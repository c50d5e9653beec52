use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
};

use super::{
    key::{Key, KeyHash},
    moment::Moment,
    record::Record,
    records::Records,
};

/// The deadlines of a shard's records, earliest first.
///
/// Every record has one valid entry, its `alarm`, which is never later than its deadline: a later deadline leaves the
/// entry as it is, and the entry is renewed when it is due. All other entries are stale. They are ignored when they are
/// due, and [`compact`](Self::compact) drops them when they outnumber the records.
#[derive(Default)]
pub(crate) struct Deadlines {
    /// Of two records with one hash and one alarm each entry finds either, and none is left.
    heap: BinaryHeap<Reverse<(Moment, KeyHash)>>,
}

/// The result of [`Deadlines::next`].
pub(crate) enum Due {
    /// No entry was due.
    Nothing,
    /// The entry was stale, or was renewed.
    NotYet,
    /// The record under this key has expired. It has no entry any more, so it must be removed.
    Expired(Key),
}

impl Deadlines {
    /// Enters a record that has no entry.
    pub(crate) fn enter(&mut self, record: &mut Record) {
        record.alarm = record.deadline;
        self.heap.push(Reverse((record.alarm, record.key.hash())));
    }

    /// Sets the deadline of a record that was entered.
    pub(crate) fn set(&mut self, record: &mut Record, deadline: Moment) {
        record.deadline = deadline;
        if deadline < record.alarm {
            self.enter(record);
        }
    }

    /// Removes the earliest entry if it is due.
    pub(crate) fn next(&mut self, now: Moment, records: &mut Records) -> Due {
        let Some((alarm, hash)) = self.pop(now) else {
            return Due::Nothing;
        };
        match records.with_alarm(alarm, hash) {
            Some(record) if record.is_live(now) => {
                self.enter(record);
                Due::NotYet
            }
            Some(record) => Due::Expired(record.key),
            None => Due::NotYet,
        }
    }

    /// Drops the stale entries when they outnumber the records, and the memory of many that are gone. Takes constant time per
    /// write, amortised.
    pub(crate) fn compact(&mut self, records: &mut Records) {
        const SLACK: usize = 64;
        if self.heap.len() > records.len().saturating_mul(2).saturating_add(SLACK) {
            let entry = |record: &mut Record| {
                record.alarm = record.deadline;
                Reverse((record.alarm, record.key.hash()))
            };
            self.heap = records.iter_mut().map(entry).collect();
        }
        if self.heap.capacity() > self.heap.len().saturating_mul(8).saturating_add(SLACK) {
            self.heap.shrink_to(self.heap.len().saturating_mul(2));
        }
    }

    fn pop(&mut self, now: Moment) -> Option<(Moment, KeyHash)> {
        let earliest = self.heap.peek_mut().filter(|earliest| earliest.0.0 <= now)?;
        Some(PeekMut::pop(earliest).0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use session_core::{
        id::{Digest, Family},
        store::Revision,
    };

    use super::*;
    use crate::record::Role;

    fn seconds(seconds: u64) -> Moment {
        Moment::new(Duration::from_secs(seconds))
    }

    fn record(number: u8, deadline: Moment) -> Record {
        // All have one hash.
        let mut digest = [0; 32];
        digest[0] = number;
        Record {
            key: Key::new(&Family::from_bytes([0; 16]), &Digest::from_bytes(digest)),
            revision: Revision::from_bytes([0; 16]),
            data: Bytes::new(),
            order: 0,
            deadline,
            alarm: deadline,
            role: Role::OpenSession,
        }
    }

    fn with_records(all: impl IntoIterator<Item = Record>) -> (Records, Deadlines) {
        let (mut records, mut deadlines) = (Records::default(), Deadlines::default());
        for mut record in all {
            deadlines.enter(&mut record);
            records.insert(record);
        }
        (records, deadlines)
    }

    fn one_record(deadline: Moment) -> (Key, Records, Deadlines) {
        let record = record(0, deadline);
        let key = record.key;
        let (records, deadlines) = with_records([record]);
        (key, records, deadlines)
    }

    #[test]
    fn extending_a_deadline_adds_no_entry_and_is_honoured() {
        let (key, mut records, mut deadlines) = one_record(seconds(10));
        for at in 11..1000 {
            deadlines.set(records.get_mut(&key).unwrap(), seconds(at));
        }
        assert_eq!(deadlines.heap.len(), 1);
        assert!(matches!(deadlines.next(seconds(9), &mut records), Due::Nothing));
        assert!(matches!(deadlines.next(seconds(998), &mut records), Due::NotYet));
        assert!(matches!(deadlines.next(seconds(998), &mut records), Due::Nothing));
        assert!(matches!(deadlines.next(seconds(999), &mut records), Due::Expired(_)));
    }

    #[test]
    fn shortening_a_deadline_is_honoured_and_leaves_an_entry_that_does_no_harm() {
        let (key, mut records, mut deadlines) = one_record(seconds(10));
        deadlines.set(records.get_mut(&key).unwrap(), seconds(5));
        deadlines.set(records.get_mut(&key).unwrap(), seconds(20));
        assert!(matches!(deadlines.next(seconds(15), &mut records), Due::NotYet));
        assert!(matches!(deadlines.next(seconds(15), &mut records), Due::NotYet));
        assert!(matches!(deadlines.next(seconds(15), &mut records), Due::Nothing));
        assert!(matches!(deadlines.next(seconds(20), &mut records), Due::Expired(_)));
    }

    #[test]
    fn leftovers_are_dropped_when_they_outnumber_the_records() {
        let (key, mut records, mut deadlines) = one_record(seconds(2000));
        for at in (1000..2000).rev() {
            deadlines.set(records.get_mut(&key).unwrap(), seconds(at));
            deadlines.compact(&mut records);
            assert!(deadlines.heap.len() <= 67);
        }
        assert!(matches!(deadlines.next(seconds(999), &mut records), Due::Nothing));
        while matches!(deadlines.next(seconds(1000), &mut records), Due::NotYet) {}
        assert!(deadlines.heap.iter().all(|entry| entry.0.0 > seconds(1000)), "it was found expired");
    }

    #[test]
    fn records_of_one_hash_and_one_deadline_all_expire() {
        let (mut records, mut deadlines) = with_records((0..9).map(|number| record(number, seconds(10))));
        // One lives on, and is met by the entries of the others.
        let (first, other) = (record(0, seconds(0)).key, record(5, seconds(0)).key);
        deadlines.set(records.get_mut(&other).unwrap(), seconds(20));
        records.remove(&first);
        for now in [10, 20] {
            loop {
                match deadlines.next(seconds(now), &mut records) {
                    Due::Nothing => break,
                    Due::NotYet => {}
                    Due::Expired(key) => assert!(records.remove(&key).is_some()),
                }
            }
            let left: Vec<_> = records.iter_mut().map(|record| record.key == other).collect();
            assert_eq!(left, if now == 10 { vec![true] } else { vec![] });
        }
    }

    #[test]
    fn the_memory_of_many_that_are_gone_is_given_back() {
        let (mut records, mut deadlines) = with_records((0..200).map(|number| record(number, seconds(10))));
        while let Due::Expired(key) = deadlines.next(seconds(10), &mut records) {
            records.remove(&key);
        }
        assert!(deadlines.heap.capacity() >= 200);
        deadlines.compact(&mut records);
        assert!(deadlines.heap.capacity() <= 64);
    }

    #[test]
    fn the_last_moment_of_time_is_a_deadline_too() {
        let last = Moment::new(Duration::MAX);
        let (_, mut records, mut deadlines) = one_record(last);
        assert!(matches!(deadlines.next(last, &mut records), Due::Expired(_)));
    }
}
