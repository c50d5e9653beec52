use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, OnFull, Revision, RotateOutcome,
        StoreError, Stored, TouchOutcome, Write,
    },
};

use crate::{
    defect::Defect,
    keys::{kept, same},
    record::{Record, touched},
    store::{Mutant, Records, undecodable},
};

impl Mutant {
    /// Whether the create is settled without a write, by what is under the key or by the cap.
    fn refusal(
        &self,
        records: &Records,
        now: Duration,
        key: &StoreKey,
        write: &Write<'_>,
    ) -> Option<CreateOutcome> {
        let occupied = |record: &&Record| record.is_live(now) || self.is(Defect::ExpiredKeyIsTaken);
        let record = records.all.get(key).filter(occupied)?;
        let again = record.revision == write.next;
        match self.defect {
            Defect::CreateOverwrites => None,
            Defect::CreateTakesTombstones if record.tombstone => None,
            Defect::CreateRetryRenews if again => None,
            Defect::CreateRetryIsRefused => Some(CreateOutcome::Exists),
            _ if again => Some(CreateOutcome::Created { evicted: Vec::new() }),
            _ => Some(CreateOutcome::Exists),
        }
    }

    /// Who has to go for one more session, or `None` if the cap refuses.
    fn evicted(
        &self,
        records: &mut Records,
        now: Duration,
        family: &Family,
        cap: Option<Cap>,
    ) -> Option<Vec<Digest>> {
        let (defect, owned) = (self.defect, family.is_owned());
        let Some(cap) = cap.filter(|_| owned || defect == Defect::CapOfAnonymousFamilies) else {
            return Some(Vec::new());
        };
        let counted = records
            .in_family(family)
            .filter(|(_, record)| record.is_live(now) || defect == Defect::CapCountsTheExpired)
            .filter(|(_, record)| !record.tombstone || defect == Defect::TombstonesAreCapped);
        let mut counted: Vec<(u64, Digest)> = counted
            .map(|(digest, record)| (record.sequence, digest))
            .collect();
        counted.sort_unstable();
        if defect == Defect::CapEvictsTheNewest {
            counted.reverse();
        }
        let too_many = (counted.len() + 1).saturating_sub(cap.max.get() as usize);
        if too_many > 0 && cap.on_full == OnFull::Refuse {
            return None;
        }
        Some(
            counted
                .into_iter()
                .take(too_many)
                .map(|(_, digest)| digest)
                .collect(),
        )
    }

    fn decide(
        &self,
        records: &mut Records,
        now: Duration,
        key: &StoreKey,
        write: &Write<'_>,
        cap: Option<Cap>,
    ) -> Result<Vec<Digest>, CreateOutcome> {
        let refusal = self.refusal(records, now, key, write);
        if matches!(refusal, Some(CreateOutcome::Created { .. })) {
            let room = self.evicted(records, now, &key.family, cap);
            match room {
                None if self.is(Defect::CreateRetryIsFull) => return Err(CreateOutcome::Full),
                Some(evicted) if self.is(Defect::CreateRetryEvictsAgain) => {
                    remove(records, &key.family, &evicted);
                }
                _ => {}
            }
        }
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        self.evicted(records, now, &key.family, cap)
            .ok_or(CreateOutcome::Full)
    }

    fn insert(
        &self,
        records: &mut Records,
        now: Duration,
        key: &StoreKey,
        write: &Write<'_>,
        evicted: &[Digest],
    ) {
        remove(records, &key.family, evicted);
        records.sequence += 1;
        let record = Record::new(self.defect, now, write, records.sequence);
        records.all.insert(*key, record);
    }

    fn replace(&self, records: &mut Records, now: Duration, key: &StoreKey, write: &Write<'_>) {
        let Some(old) = records.all.get(key).cloned() else {
            return self.insert(records, now, key, write, &[]);
        };
        let mut new = Record::new(self.defect, now, write, old.sequence);
        new.tombstone = old.tombstone;
        if self.is(Defect::CommitKeepsTheDeadline) {
            new.deadline = old.deadline;
        }
        records.all.insert(*key, new);
    }

    fn move_record(
        &self,
        records: &mut Records,
        now: Duration,
        (from, to): (&StoreKey, &StoreKey),
        write: &Write<'_>,
        tombstone: Option<&Write<'_>>,
    ) {
        let sequence = records.all.get(from).map_or(0, |record| record.sequence);
        if !self.is(Defect::RotateCopies) {
            records.all.remove(from);
            if let Some(tombstone) = tombstone {
                let left = Record {
                    tombstone: true,
                    ..Record::new(self.defect, now, tombstone, sequence)
                };
                records.all.insert(*from, left);
            }
        }
        records
            .all
            .insert(*to, Record::new(self.defect, now, write, sequence));
    }
}

fn remove(records: &mut Records, family: &Family, digests: &[Digest]) {
    for digest in digests {
        records.all.remove(&StoreKey {
            family: *family,
            digest: *digest,
        });
    }
}

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
                // Each breaks its own rule only.
                Ok(_) if self.is(Defect::CapCountsThenInserts) && records.live(now, key).is_some() => self
                    .decide(records, now, key, &write, cap)
                    .err()
                    .unwrap_or(CreateOutcome::Exists),
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
                return if self.is(Defect::CommitUpserts) {
                    None
                } else {
                    Some(CommitOutcome::Gone)
                };
            };
            let blind =
                self.is(Defect::CommitIsBlind) || (self.is(Defect::TombstonesTakeWrites) && record.tombstone);
            if record.revision == write.next && !self.is(Defect::CommitRetryConflicts) {
                return if self.is(Defect::CommitRetryRenews) {
                    None
                } else {
                    Some(CommitOutcome::Written)
                };
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
        self.step(|records, now| {
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
        self.step(|records, now| {
            if let Some(record) = written_back.filter(|_| self.is(Defect::TouchWritesBack)) {
                let deadline = touched(self.defect, now, ttl, record.deadline);
                records.all.insert(*key, Record { deadline, ..record });
                return Ok(TouchOutcome::Touched);
            }
            let Some(record) = records.live(now, key).cloned() else {
                if self.is(Defect::TouchCreates) {
                    self.insert(
                        records,
                        now,
                        key,
                        &Write {
                            next: expected,
                            data: &[],
                            ttl,
                        },
                        &[],
                    );
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
        let (from, to) = (&kept(self.defect, from), &kept(self.defect, to));
        self.wrote();
        let refused = self.step(|records, now| {
            let target = records.live(now, to);
            let again = target.is_some_and(|target| target.revision == write.next);
            if again && !self.is(Defect::RotateRetryIsGone) {
                return Some(RotateOutcome::Written);
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

    fn delete(&self, key: &StoreKey, expected: Option<Revision>) -> Result<DeleteOutcome, StoreError> {
        let key = &kept(self.defect, key);
        self.wrote();
        let found = self.step(|records, now| records.live(now, key).map(|record| record.stored(now)));
        let two_steps = self.is(Defect::DeleteChecksThenDeletes);
        if two_steps {
            self.gap();
        }
        self.step(|records, now| {
            let found = if two_steps {
                found
            } else {
                records.live(now, key).map(|record| record.stored(now))
            };
            let Some(stored) = found else {
                return Ok(DeleteOutcome::Gone);
            };
            let wrong = expected.is_some_and(|expected| expected != stored.revision);
            if wrong && !self.is(Defect::DeleteIgnoresTheRevision) {
                return Ok(DeleteOutcome::Conflict(stored));
            }
            if self.is(Defect::DeleteIsAFlag) {
                records.all.entry(*key).and_modify(|record| record.deleted = true);
            } else {
                records.all.remove(key);
            }
            Ok(DeleteOutcome::Deleted)
        })
    }

    fn list(&self, family: &Family) -> Result<Vec<(Digest, Stored)>, StoreError> {
        self.sessions(family)
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        self.wrote();
        Ok(self.end_all(family, keep))
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        self.clean(limit)
    }
}
