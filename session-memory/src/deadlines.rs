use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
    time::Duration,
};

use super::{
    key::{Key, KeyMap},
    record::Record,
};

/// The deadlines of a shard's records, earliest first.
///
/// Every record has one valid entry, its `alarm`, which is never later than its deadline: a later deadline leaves the
/// entry as it is, and the entry is renewed when it is due. All other entries are stale. They are ignored when they are
/// due, and [`compact`](Self::compact) drops them when they outnumber the records.
#[derive(Default)]
pub(crate) struct Deadlines {
    heap: BinaryHeap<Reverse<(Duration, Key)>>,
}

/// The result of [`Deadlines::next`].
pub(crate) enum Due {
    /// No entry was due.
    Nothing,
    /// The entry was stale, or was renewed.
    NotYet,
    /// The record under this key has expired.
    Expired(Key),
}

impl Deadlines {
    /// Sets the deadline of the record.
    pub(crate) fn set(&mut self, key: Key, record: &mut Record, deadline: Duration) {
        record.deadline = deadline;
        if record.alarm.is_none_or(|alarm| deadline < alarm) {
            record.alarm = Some(deadline);
            self.heap.push(Reverse((deadline, key)));
        }
    }

    /// Removes the earliest entry if it is due.
    pub(crate) fn next(&mut self, now: Duration, records: &mut KeyMap<Record>) -> Due {
        let Some((at, key)) = self.pop(now) else {
            return Due::Nothing;
        };
        match records.get_mut(&key) {
            Some(record) if record.alarm == Some(at) => {
                record.alarm = None;
                if record.is_live(now) {
                    self.set(key, record, record.deadline);
                    Due::NotYet
                } else {
                    Due::Expired(key)
                }
            }
            _ => Due::NotYet,
        }
    }

    /// Drops the stale entries when they outnumber the records. Takes constant time per write, amortised.
    pub(crate) fn compact(&mut self, records: &mut KeyMap<Record>) {
        const SLACK: usize = 64;
        if self.heap.len() <= records.len().saturating_mul(2).saturating_add(SLACK) {
            return;
        }
        let entry = |(key, record): (&Key, &mut Record)| {
            record.alarm = Some(record.deadline);
            Reverse((record.deadline, *key))
        };
        self.heap = records.iter_mut().map(entry).collect();
    }

    fn pop(&mut self, now: Duration) -> Option<(Duration, Key)> {
        let earliest = self.heap.peek_mut().filter(|earliest| earliest.0.0 <= now)?;
        Some(PeekMut::pop(earliest).0)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use session_core::{
        id::{Digest, Family},
        store::Revision,
    };

    use super::*;
    use crate::record::Role;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn one_record(deadline: Duration) -> (Key, KeyMap<Record>, Deadlines) {
        let key = Key::new(&Family::from_bytes([0; 16]), &Digest::from_bytes([0; 32]));
        let mut record = Record {
            revision: Revision::from_bytes([0; 16]),
            data: Bytes::new(),
            role: Role::OpenSession,
            order: 0,
            deadline: Duration::ZERO,
            alarm: None,
        };
        let mut deadlines = Deadlines::default();
        deadlines.set(key, &mut record, deadline);
        (key, [(key, record)].into_iter().collect(), deadlines)
    }

    #[test]
    fn extending_a_deadline_adds_no_entry_and_is_honoured() {
        let (key, mut records, mut deadlines) = one_record(seconds(10));
        for at in 11..1000 {
            deadlines.set(key, records.get_mut(&key).unwrap(), seconds(at));
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
        deadlines.set(key, records.get_mut(&key).unwrap(), seconds(5));
        deadlines.set(key, records.get_mut(&key).unwrap(), seconds(20));
        assert!(matches!(deadlines.next(seconds(15), &mut records), Due::NotYet));
        assert!(matches!(deadlines.next(seconds(15), &mut records), Due::NotYet));
        assert!(matches!(deadlines.next(seconds(15), &mut records), Due::Nothing));
        assert!(matches!(deadlines.next(seconds(20), &mut records), Due::Expired(_)));
    }

    #[test]
    fn leftovers_are_dropped_when_they_outnumber_the_records() {
        let (key, mut records, mut deadlines) = one_record(seconds(2000));
        for at in (1000..2000).rev() {
            deadlines.set(key, records.get_mut(&key).unwrap(), seconds(at));
            deadlines.compact(&mut records);
            assert!(deadlines.heap.len() <= 67);
        }
        assert!(matches!(deadlines.next(seconds(999), &mut records), Due::Nothing));
        while matches!(deadlines.next(seconds(1000), &mut records), Due::NotYet) {}
        assert_eq!(records.get(&key).unwrap().alarm, None, "it was found expired");
    }

    #[test]
    fn the_last_moment_of_time_is_a_deadline_too() {
        let (_, mut records, mut deadlines) = one_record(Duration::MAX);
        assert!(matches!(deadlines.next(Duration::MAX, &mut records), Due::Expired(_)));
    }
}
