use std::{cmp::Reverse, collections::BinaryHeap, time::Duration};

use super::{
    key::{Key, KeyMap},
    record::Record,
};

/// The deadlines of a shard's records, earliest first.
///
/// Every record has one entry that counts, its `alarm`, which is never later than its deadline: extending a deadline
/// leaves the entry alone, and the entry is renewed when it is due. All other entries are leftovers, ignored when they
/// are due and dropped by [`compact`](Self::compact) when they outnumber the records.
#[derive(Default)]
pub(crate) struct Deadlines {
    heap: BinaryHeap<Reverse<(Duration, Key)>>,
}

/// What was due.
pub(crate) enum Due {
    /// Nothing.
    Nothing,
    /// An entry that turned out not to matter, or was renewed.
    NotYet,
    /// The record under this key has expired.
    Expired(Key),
}

impl Deadlines {
    /// Gives the record this deadline.
    pub(crate) fn set(&mut self, key: Key, record: &mut Record, deadline: Duration) {
        record.deadline = deadline;
        if record.alarm.is_none_or(|alarm| deadline < alarm) {
            record.alarm = Some(deadline);
            self.heap.push(Reverse((deadline, key)));
        }
    }

    /// Takes the earliest entry off if it is due.
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

    /// Drops the leftovers when they outnumber the records; constant time per write, amortised.
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
        let earliest = self.heap.peek_mut()?;
        if now < earliest.0.0 {
            return None;
        }
        Some(std::collections::binary_heap::PeekMut::pop(earliest).0)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }
}
