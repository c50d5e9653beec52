use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Cap, CreateOutcome, OnFull, Write},
};

use crate::{
    defect::Defect,
    record::Record,
    store::{Mutant, Records},
};

impl Mutant {
    /// The outcome of a create that needs no write, because of the record under the key or the cap.
    pub(crate) fn refusal(
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

    /// The sessions to evict for a new one, or `None` if the cap refuses it.
    pub(crate) fn evicted(
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
        let age = |record: &Record| match defect {
            Defect::EvictsByWallClock => record.born.as_nanos(),
            Defect::StampsTie => record.stamp,
            _ => record.sequence.into(),
        };
        let mut counted: Vec<(u128, Digest)> =
            counted.map(|(digest, record)| (age(record), digest)).collect();
        counted.sort_unstable();
        if defect == Defect::CapEvictsTheNewest {
            counted.reverse();
        }
        let too_many = (counted.len() + 1).saturating_sub(cap.max.get() as usize);
        if too_many > 0 && cap.on_full == OnFull::Refuse {
            return None;
        }
        Some(counted.into_iter().take(too_many).map(|(_, digest)| digest).collect())
    }

    pub(crate) fn decide(
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
        self.evicted(records, now, &key.family, cap).ok_or(CreateOutcome::Full)
    }

    pub(crate) fn insert(
        &self,
        records: &mut Records,
        now: Duration,
        key: &StoreKey,
        write: &Write<'_>,
        evicted: &[Digest],
    ) {
        let mark = self.marked(records, key, evicted);
        remove(records, &key.family, evicted);
        records.sequence += 1;
        records.left.created(self.defect, &key.family);
        let mut record = Record::new(self.defect, now, write, records.sequence);
        // A stamp is the time, or one more than the mark if the time has not passed that.
        record.stamp = (now.as_micros() * 1_000_000 + u128::from(records.sequence)).max(mark + 1);
        if self.is(Defect::RevokeByWallClock) && records.left.is_revoked(&key.family, now) {
            record.deadline = now;
        }
        records.all.insert(*key, record);
    }

    /// Ends what the mark of a cap reaches, and returns the mark.
    fn marked(&self, records: &mut Records, key: &StoreKey, evicted: &[Digest]) -> u128 {
        let named = records.in_family(&key.family).filter(|(digest, _)| evicted.contains(digest));
        let named: Vec<(Duration, u128)> = named.map(|(_, record)| (record.born, record.stamp)).collect();
        let Some((born, stamp)) = named.into_iter().max() else {
            return records.left.marks.get(&key.family).copied().unwrap_or_default();
        };
        let (tie, stamps) = (self.is(Defect::TicksTie), self.is(Defect::StampsTie));
        records.all.retain(|other, record| {
            let ended = (tie && record.born <= born) || (stamps && record.stamp <= stamp);
            other.family != key.family || record.tombstone || !ended
        });
        let mark = records.left.marks.entry(key.family).or_default();
        *mark = stamp.max(*mark);
        *mark
    }

    pub(crate) fn replace(&self, records: &mut Records, now: Duration, key: &StoreKey, write: &Write<'_>) {
        let Some(old) = records.all.get(key).cloned() else {
            return self.insert(records, now, key, write, &[]);
        };
        if self.is(Defect::CommitByWallClock) && now < old.written {
            return;
        }
        let mut new = Record::new(self.defect, now, write, old.sequence);
        (new.born, new.stamp) = (old.born, old.stamp);
        new.tombstone = old.tombstone;
        new.deadline = match self.defect {
            Defect::CommitKeepsTheDeadline => old.deadline,
            Defect::CommitOnlyExtends => new.deadline.max(old.deadline),
            _ => new.deadline,
        };
        records.all.insert(*key, new);
    }

    /// The record that a delete leaves.
    pub(crate) fn bury(
        &self,
        records: &mut Records,
        now: Duration,
        key: &StoreKey,
        tombstone: Option<&Write<'_>>,
    ) {
        if self.is(Defect::DeleteIsAFlag) {
            records.all.entry(*key).and_modify(|record| record.deleted = true);
            return;
        }
        if tombstone.is_some() && self.is(Defect::BuryIsLazy) {
            return;
        }
        records.left.deleted(self.defect, &key.family);
        let buried = records.all.remove(key).map_or(0, |record| record.sequence);
        let Some(write) = tombstone.filter(|_| !self.is(Defect::DeleteLeavesNothing)) else {
            return;
        };
        let mut left = Record::new(self.defect, now, write, buried);
        left.tombstone = !self.is(Defect::BuriedAreSessions);
        if self.is(Defect::BuriedKeepTheDeadline) {
            left.deadline = left.deadline.max(now + Duration::from_secs(3600));
        }
        records.all.insert(*key, left);
    }

    pub(crate) fn move_record(
        &self,
        records: &mut Records,
        now: Duration,
        (from, to): (&StoreKey, &StoreKey),
        write: &Write<'_>,
        tombstone: Option<&Write<'_>>,
    ) {
        records.sequence += 1;
        let newest = records.sequence;
        let source = records.all.get(from);
        let sequence = source.map_or(0, |record| record.sequence);
        let (born, stamp) = source.map_or((now, 0), |record| (record.born, record.stamp));
        if !self.is(Defect::RotateCopies) {
            records.all.remove(from);
            if let Some(tombstone) = tombstone.filter(|_| !self.is(Defect::RotateLeavesNothing)) {
                let left = Record { tombstone: true, ..Record::new(self.defect, now, tombstone, sequence) };
                records.all.insert(*from, left);
            }
        }
        let sequence = if self.is(Defect::RotatedIsNewest) { newest } else { sequence };
        let moved = Record { born, stamp, ..Record::new(self.defect, now, write, sequence) };
        records.all.insert(*to, moved);
    }
}

fn remove(records: &mut Records, family: &Family, digests: &[Digest]) {
    for digest in digests {
        records.all.remove(&StoreKey { family: *family, digest: *digest });
    }
}
