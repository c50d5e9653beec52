//! The operations of the contract. Each runs under the lock of one shard.

use std::{mem, ops::Range, time::Duration};

use session_core::{
    id::{Digest, Family},
    store::{
        Cap, CommitOutcome, CreateOutcome, Cursor, DeleteOutcome, Listed, Page, Revision, RotateOutcome,
        Stored, TouchOutcome,
    },
};

use super::{
    budget::{Footprint, NoRoom},
    draft::{Draft, deadline},
    key::Key,
    moment::Moment,
    record::{Record, Role},
    shard::Shard,
};

impl Shard {
    pub(crate) fn load(&self, now: Moment, key: &Key) -> Option<Stored> {
        self.live(key, now).map(|record| record.stored(now))
    }

    pub(crate) fn create(
        &mut self,
        now: Moment,
        key: Key,
        draft: &mut Draft,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, NoRoom> {
        let found = self.records.get(&key);
        if let Some(record) = found.filter(|record| record.is_live(now)) {
            return Ok(CreateOutcome::occupied(record.revision, draft.next));
        }
        let has_expired = found.is_some();
        let Some(evicted) = self.evicted_by(now, key.family(), cap) else {
            return Ok(CreateOutcome::Full);
        };
        if has_expired {
            self.remove(&key);
        }
        let freed = evicted
            .iter()
            .filter_map(|key| self.records.get(key))
            .fold(Footprint::default(), |sum, record| sum.and(Footprint::of(&record.data)));
        self.budget.exchange(key.family(), freed, Footprint::of(&draft.data))?;
        for key in &evicted {
            self.take(key);
        }
        self.insert(key, draft, now);
        Ok(CreateOutcome::Created { evicted: evicted.iter().map(Key::digest).collect() })
    }

    pub(crate) fn commit(
        &mut self,
        now: Moment,
        key: Key,
        expected: Revision,
        draft: &mut Draft,
    ) -> Result<CommitOutcome, NoRoom> {
        let Some(record) = self.records.get_mut(&key).filter(|record| record.is_live(now)) else {
            return Ok(CommitOutcome::Gone);
        };
        if record.revision == draft.next {
            return Ok(CommitOutcome::Written);
        }
        if record.revision != expected {
            return Ok(CommitOutcome::Conflict(record.stored(now)));
        }
        self.budget.exchange(key.family(), Footprint::of(&record.data), Footprint::of(&draft.data))?;
        record.revision = draft.next;
        // Swapped, so that the old data is dropped after the lock is released.
        mem::swap(&mut record.data, &mut draft.data);
        self.deadlines.set(record, draft.deadline(now));
        Ok(CommitOutcome::Written)
    }

    pub(crate) fn touch(&mut self, now: Moment, key: Key, expected: Revision, ttl: Duration) -> TouchOutcome {
        match self.records.get_mut(&key) {
            Some(record) if record.is_live(now) && record.revision == expected => {
                self.deadlines.set(record, deadline(now, ttl));
                TouchOutcome::Touched
            }
            _ => TouchOutcome::Gone,
        }
    }

    /// The keys must differ and belong to one family.
    pub(crate) fn rotate(
        &mut self,
        now: Moment,
        (from, expected): (Key, Revision),
        to: Key,
        draft: &mut Draft,
        tombstone: Option<&mut Draft>,
    ) -> Result<RotateOutcome, NoRoom> {
        let target = self.live(&to, now).map(|record| record.revision);
        let source = self.live(&from, now);
        let found = source.map(|record| record.stored(now));
        if let Some(outcome) = RotateOutcome::unchanged(found, expected, target, draft.next) {
            return Ok(outcome);
        }
        let (old, order) =
            source.map(|record| (Footprint::of(&record.data), record.order)).unwrap_or_default();
        // A record that is still under the key has expired.
        self.remove(&to);
        let left = tombstone.as_ref().map(|draft| Footprint::of(&draft.data));
        self.budget.exchange(to.family(), old, Footprint::of(&draft.data).and(left.unwrap_or_default()))?;
        self.leave(now, from, tombstone);
        self.insert_in_place(to, draft, now, order);
        Ok(RotateOutcome::Written)
    }

    pub(crate) fn delete(
        &mut self,
        now: Moment,
        key: Key,
        expected: Option<Revision>,
        tombstone: Option<&mut Draft>,
    ) -> Result<DeleteOutcome, NoRoom> {
        let Some(record) = self.live(&key, now) else {
            return Ok(DeleteOutcome::Gone);
        };
        if tombstone.as_ref().is_some_and(|draft| draft.next == record.revision) {
            return Ok(DeleteOutcome::Deleted);
        }
        if expected.is_some_and(|expected| expected != record.revision) {
            return Ok(DeleteOutcome::Conflict(record.stored(now)));
        }
        let (old, left) =
            (Footprint::of(&record.data), tombstone.as_ref().map(|draft| Footprint::of(&draft.data)));
        match left {
            None => drop(self.remove(&key)),
            Some(left) => {
                self.budget.exchange(key.family(), old, left)?;
                self.leave(now, key, tombstone);
            }
        }
        Ok(DeleteOutcome::Deleted)
    }

    pub(crate) fn list(&self, now: Moment, family: Family, page: Page) -> Listed {
        let at = |record: &Record| Cursor { position: record.order, digest: record.key.digest() };
        let last = page.after.map_or(u64::MAX, |after| after.position);
        let members = self.members(family, ..=last).rev();
        let newest_first = members.filter(|record| record.is_live_session(now));
        let (sessions, next) = page.cut(newest_first.map(|record| (at(record), record.stored(now))));
        Listed { sessions, next }
    }

    /// Removes at most `limit` records of the family at these places, which then begin behind them and end where they ended in
    /// the first turn. Returns how many of them were live sessions.
    pub(crate) fn revoke(
        &mut self,
        now: Moment,
        family: Family,
        keep: Option<&Digest>,
        places: &mut Range<u64>,
        limit: usize,
    ) -> u64 {
        places.end = places.end.min(self.next_place());
        // Tombstones too: one that stays would be a second way into a session of the family.
        let doomed: Vec<_> = self
            .members(family, places.clone())
            .take(limit)
            .map(|record| (record.key, record.order))
            .collect();
        places.start =
            doomed.last().filter(|_| doomed.len() == limit).map_or(places.end, |(_, last)| last + 1);
        let ended = |key: &Key| self.remove(key).is_some_and(|record| record.is_live_session(now));
        let doomed = doomed.iter().map(|(key, _)| key).filter(|key| keep != Some(&key.digest()));
        doomed.map(ended).map(u64::from).sum()
    }

    /// Returns the live sessions of an owned family, oldest first.
    pub(crate) fn sessions(&self, now: Moment, family: Family) -> impl DoubleEndedIterator<Item = &Record> {
        self.members(family, ..).filter(move |record| record.is_live_session(now))
    }

    /// Replaces the session by the tombstone, or removes it if there is none, and frees its place in the family. The caller
    /// has changed the budget already.
    fn leave(&mut self, now: Moment, key: Key, tombstone: Option<&mut Draft>) {
        let Some(draft) = tombstone else {
            self.take(&key);
            return;
        };
        self.free_place(&key);
        if let Some(record) = self.records.get_mut(&key) {
            record.revision = draft.next;
            record.role = Role::Tombstone;
            mem::swap(&mut record.data, &mut draft.data);
            self.deadlines.set(record, draft.deadline(now));
        }
    }
}
