use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};

use crate::{
    defect::Defect,
    keys::{kept, same},
    record::{Record, touched},
    store::{Mutant, Records, undecodable},
};

impl BlockingStore for Mutant {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        self.read(key)
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        let key = &kept(self.defect, key);
        self.wrote();
        let in_two_steps = self.is(Defect::CreateChecksThenInserts) || self.is(Defect::CapCountsThenInserts);
        if in_two_steps {
            let decided = self.step(|records, now| self.decide(records, now, key, &write, cap));
            self.gap();
            return Ok(self.step(|records, now| match decided {
                // Each defect breaks only its own rule.
                Ok(_) if self.is(Defect::CapCountsThenInserts) && records.live(now, key).is_some() => {
                    self.decide(records, now, key, &write, cap).err().unwrap_or(CreateOutcome::Exists)
                }
                Ok(evicted) => {
                    self.insert(records, now, key, &write, &evicted);
                    CreateOutcome::Created { evicted }
                }
                Err(refusal) => refusal,
            }));
        }
        let outcome = self.step(|records, now| match self.decide(records, now, key, &write, cap) {
            Ok(_) if records.live(now, key).is_some_and(|record| record.broken) => Err(undecodable()),
            Ok(evicted) => {
                self.insert(records, now, key, &write, &evicted);
                Ok(CreateOutcome::Created { evicted })
            }
            Err(refusal) => Ok(refusal),
        });
        if self.is(Defect::IndexAfterTheFact) {
            self.gap();
            self.step(|records, _| records.all.get_mut(key).map(|record| record.indexed = true));
        }
        outcome
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        let key = &kept(self.defect, key);
        self.wrote();
        let decide = |records: &mut Records, now: Duration| {
            let revives = self.is(Defect::CommitRevivesExpired);
            let found = records.all.get(key).filter(|record| match self.defect {
                Defect::DeleteIsAFlag => record.deadline > now,
                _ => record.is_live(now) || (revives && !record.deleted),
            });
            let Some(record) = found else {
                return if self.is(Defect::CommitUpserts) { None } else { Some(CommitOutcome::Gone) };
            };
            let blind =
                self.is(Defect::CommitIsBlind) || (self.is(Defect::TombstonesTakeWrites) && record.tombstone);
            if record.revision == write.next && !self.is(Defect::CommitRetryConflicts) {
                return if self.is(Defect::CommitRetryRenews) { None } else { Some(CommitOutcome::Written) };
            }
            if !blind && !same(self.defect, record.revision, expected) {
                let gone = self.is(Defect::ConflictIsGone);
                return Some(if gone {
                    CommitOutcome::Gone
                } else {
                    CommitOutcome::Conflict(record.stored(now))
                });
            }
            let equal = record.data == write.data && self.is(Defect::EqualPayloadIsGone);
            equal.then_some(CommitOutcome::Gone)
        };
        if self.is(Defect::CommitChecksThenWrites) {
            let decided = self.step(decide);
            self.gap();
            return Ok(self.step(|records, now| match decided {
                None if records.live(now, key).is_some() => {
                    self.replace(records, now, key, &write);
                    CommitOutcome::Written
                }
                None => CommitOutcome::Gone,
                Some(outcome) => outcome,
            }));
        }
        let early = self.early(Defect::ClockBeforeLock);
        self.step(|records, now| {
            let now = early.unwrap_or(now);
            if records.live(now, key).is_some_and(|record| record.broken) {
                return Err(undecodable());
            }
            Ok(decide(records, now).unwrap_or_else(|| {
                self.replace(records, now, key, &write);
                CommitOutcome::Written
            }))
        })
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        let key = &kept(self.defect, key);
        self.wrote();
        let found = self.step(|records, now| records.live(now, key).cloned());
        let written_back = found.filter(|record| record.revision == expected);
        if self.is(Defect::TouchWritesBack) {
            self.gap();
        }
        let early = self.early(Defect::ClockBeforeLock);
        self.step(|records, now| {
            let now = early.unwrap_or(now);
            if let Some(record) = written_back.filter(|_| self.is(Defect::TouchWritesBack)) {
                let deadline = touched(self.defect, now, ttl, record.deadline);
                records.all.insert(*key, Record { deadline, ..record });
                return Ok(TouchOutcome::Touched);
            }
            let Some(record) = records.live(now, key).cloned() else {
                if self.is(Defect::TouchCreates) {
                    self.insert(records, now, key, &Write { next: expected, data: &[], ttl }, &[]);
                    return Ok(TouchOutcome::Touched);
                }
                return Ok(TouchOutcome::Gone);
            };
            if record.revision != expected && !self.is(Defect::TouchIgnoresTheRevision) {
                return Ok(TouchOutcome::Gone);
            }
            let deadline = touched(self.defect, now, ttl, record.deadline);
            records.all.insert(*key, Record { deadline, ..record });
            Ok(TouchOutcome::Touched)
        })
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        let itself = from == to && !self.is(Defect::RotateToItselfExists);
        if itself || (from.family != to.family && !self.is(Defect::RotateBetweenFamilies)) {
            return Err(StoreError::new(StoreErrorKind::Other, Applied::No));
        }
        let (from, to) = (&kept(self.defect, from), &kept(self.defect, to));
        self.wrote();
        let early = self.early(Defect::RotateClockBeforeLock);
        let refused = self.step(|records, now| {
            let now = early.unwrap_or(now);
            let target = records.live(now, to);
            let again = target.is_some_and(|target| target.revision == write.next);
            if again && self.is(Defect::RotateRetryRenews) {
                let sequence = target.map_or(0, |target| target.sequence);
                records.all.insert(*to, Record::new(self.defect, now, &write, sequence));
                return Some(RotateOutcome::Written);
            }
            if again && !self.is(Defect::RotateRetryIsGone) {
                return Some(RotateOutcome::Written);
            }
            if target.is_some() && self.is(Defect::RotateLooksAtItsTargetFirst) {
                return Some(RotateOutcome::Exists);
            }
            let Some(source) = records.live(now, from) else {
                let revives = self.is(Defect::RotateRevivesTheEnded) && target.is_none();
                return if revives { None } else { Some(RotateOutcome::Gone) };
            };
            if source.revision != expected && !self.is(Defect::RotateIgnoresTheRevision) {
                return Some(RotateOutcome::Conflict(source.stored(now)));
            }
            let free = target.is_none() || self.is(Defect::RotateOverwritesItsTarget);
            if !free {
                return Some(RotateOutcome::Exists);
            }
            let source = source.clone();
            match self.defect {
                Defect::RotateDeletesThenCreates => drop(records.all.remove(from)),
                Defect::RotateCreatesThenDeletes => {
                    let copy = Record::new(self.defect, now, &write, source.sequence);
                    records.all.insert(*to, copy);
                }
                _ => self.move_record(records, now, (from, to), &write, tombstone.as_ref()),
            }
            source.deleted.then_some(RotateOutcome::Written)
        });
        if let Some(refused) = refused {
            return Ok(refused);
        }
        let in_two_steps =
            self.is(Defect::RotateDeletesThenCreates) || self.is(Defect::RotateCreatesThenDeletes);
        if in_two_steps || self.is(Defect::RotateRevivesTheEnded) {
            self.gap();
            self.step(|records, now| {
                if records.live(now, to).is_none() || in_two_steps {
                    self.move_record(records, now, (from, to), &write, tombstone.as_ref());
                }
            });
        }
        Ok(RotateOutcome::Written)
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        let key = &kept(self.defect, key);
        self.wrote();
        let found = self.step(|records, now| records.live(now, key).map(|record| record.stored(now)));
        let two_steps = self.is(Defect::DeleteChecksThenDeletes);
        if two_steps {
            self.gap();
        }
        self.step(|records, now| {
            let found =
                if two_steps { found } else { records.live(now, key).map(|record| record.stored(now)) };
            let Some(stored) = found else {
                return Ok(DeleteOutcome::Gone);
            };
            let again = tombstone.is_some_and(|tombstone| tombstone.next == stored.revision);
            if again && !self.is(Defect::DeleteRetryConflicts) && !self.is(Defect::DeleteRetryRenews) {
                return Ok(DeleteOutcome::Deleted);
            }
            let renews = again && self.is(Defect::DeleteRetryRenews);
            let wrong = expected.is_some_and(|expected| expected != stored.revision) && !renews;
            if wrong && !self.is(Defect::DeleteIgnoresTheRevision) {
                return Ok(DeleteOutcome::Conflict(stored));
            }
            self.bury(records, now, key, tombstone.as_ref());
            Ok(DeleteOutcome::Deleted)
        })
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        self.sessions(family, page)
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        self.wrote();
        Ok(self.end_all(family, keep))
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        self.clean(limit)
    }
}
