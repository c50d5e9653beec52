use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{Applied, Cursor, Listed, Page, StoreError, StoreErrorKind, Stored},
};
use session_testkit::ModelClock;

use crate::{
    defect::Defect,
    keys::{kept, reaches},
    left::Left,
    record::Record,
};

/// A small store with one defect.
#[derive(Clone)]
pub(crate) struct Mutant {
    pub(crate) defect: Defect,
    gap: Duration,
    pub(crate) clock: ModelClock,
    records: Arc<Mutex<Records>>,
    /// The cache of this API, for the defect about caches.
    cache: Arc<Mutex<BTreeMap<StoreKey, Record>>>,
    asked: Arc<AtomicU64>,
    sweepers: Arc<AtomicU64>,
}

#[derive(Default)]
pub(crate) struct Records {
    pub(crate) all: BTreeMap<StoreKey, Record>,
    pub(crate) marks: BTreeSet<Family>,
    pub(crate) sequence: u64,
    pub(crate) left: Left,
    previous: Option<Stored>,
}

impl Mutant {
    pub(crate) fn new(defect: Defect) -> Self {
        static SHARED: LazyLock<Arc<Mutex<Records>>> = LazyLock::new(Arc::default);
        let shared = defect == Defect::StoresShareTheirKeys;
        Self {
            defect,
            gap: Duration::from_micros(50),
            clock: ModelClock::default(),
            records: if shared { Arc::clone(&SHARED) } else { Arc::default() },
            cache: Arc::default(),
            asked: Arc::default(),
            sweepers: Arc::default(),
        }
    }

    /// The gap between two steps of a store whose server is that far away.
    pub(crate) fn with_gap(self, gap: Duration) -> Self {
        Self { gap, ..self }
    }

    pub(crate) fn other_api(&self) -> Self {
        Self { cache: Arc::default(), ..self.clone() }
    }

    pub(crate) fn is(&self, defect: Defect) -> bool {
        self.defect == defect
    }

    /// One atomic step.
    pub(crate) fn step<T>(&self, run: impl FnOnce(&mut Records, Duration) -> T) -> T {
        let mut records = self.records.lock().unwrap();
        let now = self.clock.now();
        records.left.latest = records.left.latest.max(now);
        run(&mut records, now)
    }

    /// The time as it was read before the lock was there.
    pub(crate) fn early(&self, defect: Defect) -> Option<Duration> {
        self.is(defect).then(|| {
            let now = self.clock.now();
            self.gap();
            now
        })
    }

    /// How many things are there.
    pub(crate) fn count(&self) -> u64 {
        self.step(|records, _| records.all.len() as u64 + records.left.count())
    }

    /// A pause in which another request can come in, if the store is not atomic.
    pub(crate) fn gap(&self) {
        thread::sleep(self.gap);
    }

    pub(crate) fn wrote(&self) {
        self.cache.lock().unwrap().clear();
    }

    pub(crate) fn corrupt(&self, key: &StoreKey) {
        self.step(|records, _| records.all.get_mut(key).unwrap().broken = true);
    }

    pub(crate) fn lose_index(&self, family: &Family) {
        self.step(|records, _| {
            records.in_family(family).for_each(|(_, record)| record.indexed = false);
        });
    }

    pub(crate) fn read(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let key = &kept(self.defect, key);
        if self.is(Defect::ApisCacheApart)
            && let Some(known) = self.cache.lock().unwrap().get(key)
        {
            let now = self.clock.now();
            return Ok(known.is_live(now).then(|| known.stored(now)));
        }
        let answer = self.step(|records, now| {
            let Some(record) = records.visible(self.defect, now, key).cloned() else {
                return Ok(None);
            };
            if record.broken {
                if self.is(Defect::UndecodableIsDeleted) {
                    records.all.remove(key);
                }
                return if self.is(Defect::UndecodableIsAbsent) { Ok(None) } else { Err(undecodable()) };
            }
            if self.is(Defect::LoadExtends) {
                let later = now + Duration::from_secs(7200);
                records.all.insert(*key, Record { deadline: later, ..record.clone() });
            }
            self.cache.lock().unwrap().insert(*key, record.clone());
            Ok(Some(record.stored(now))
                .filter(|stored| !(self.is(Defect::EmptyDataIsAbsent) && stored.data.is_empty())))
        })?;
        Ok(self.perhaps_of_the_previous_question(answer))
    }

    fn perhaps_of_the_previous_question(&self, answer: Option<Stored>) -> Option<Stored> {
        let previous = self.step(|records, _| std::mem::replace(&mut records.previous, answer.clone()));
        let out_of_step = self.asked.fetch_add(1, Ordering::SeqCst) % 50 == 49;
        if self.is(Defect::AnswersOfThePreviousQuestion) && out_of_step { previous } else { answer }
    }

    pub(crate) fn sessions(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        self.step(|records, now| {
            let listed = |record: &Record| record.is_live(now) || self.is(Defect::ListIncludesTheExpired);
            let late = self.is(Defect::PagesEndAtTheExpired);
            let of_all = page.after.is_some() && self.is(Defect::LaterPagesForgetTheFamily);
            let theirs = records.all.iter().filter(|(key, _)| key.family == *family || of_all);
            let mut found: Vec<_> = theirs
                .map(|(key, record)| (key.digest, record))
                .filter(|(_, record)| listed(record) || late)
                .filter(|(_, record)| !record.tombstone || self.is(Defect::TombstonesAreListed))
                .filter(|_| family.is_owned() || self.is(Defect::ListIncludesAnonymous))
                .map(|(digest, record)| (Cursor { position: self.position(record), digest }, record))
                .collect();
            found.sort_by_key(|(cursor, _)| *cursor);
            if !self.is(Defect::ListIsOldestFirst) {
                found.reverse();
            }
            if self.is(Defect::ListIsOnePage) {
                found.truncate(100);
            }
            let (found, mut next) = self.page(found, page);
            let full = found.len();
            let live = found.into_iter().filter(|(_, record)| listed(record));
            let sessions: Vec<_> = live.map(|(digest, record)| (digest, record.stored(now))).collect();
            next = next.filter(|_| !late || sessions.len() == full);
            Ok(Listed { sessions, next })
        })
    }

    fn position(&self, record: &Record) -> u64 {
        match self.defect {
            Defect::OrderByWallClock | Defect::PagesByWallClock => {
                u64::try_from(record.born.as_millis()).unwrap()
            }
            _ => record.sequence,
        }
    }

    fn page<T>(&self, found: Vec<(Cursor, T)>, page: Page) -> (Vec<(Digest, T)>, Option<Cursor>) {
        let place = |after: Cursor| found.iter().position(|(cursor, _)| *cursor == after);
        match (self.defect, page.after) {
            (Defect::PagesIgnoreTheLimit, _) => Page { limit: NonZeroU32::MAX, ..page }.cut(found),
            (Defect::PagesOverlap, Some(Cursor { position, digest })) => {
                let after = Some(Cursor { position: position.saturating_add(1), digest });
                Page { after, ..page }.cut(found)
            }
            (Defect::PagesByWallClock, Some(Cursor { position, .. })) => {
                let after = Some(Cursor { position, digest: Digest::from_bytes([0; 32]) });
                Page { after, ..page }.cut(found)
            }
            (Defect::PagesNeedTheirCursor, Some(after)) if place(after).is_none() => {
                Page::first(page.limit).cut(found)
            }
            (Defect::PagesByOffset, after) => {
                // The position must still fall from page to page.
                let offset = after.map_or(0, |cursor| u64::MAX - cursor.position);
                let rest = found.into_iter().skip(usize::try_from(offset).unwrap_or(usize::MAX));
                let (part, next) = Page::first(page.limit).cut(rest);
                let position = u64::MAX - offset - part.len() as u64;
                (part, next.map(|cursor| Cursor { position, ..cursor }))
            }
            _ => page.cut(found),
        }
    }

    pub(crate) fn end_all(&self, family: &Family, keep: Option<&Digest>) -> u64 {
        if self.is(Defect::RevokeScansThenDeletes) {
            let found = self.step(|records, now| self.found(records, now, family, keep));
            self.gap();
            return self.step(|records, _| end(records, &found));
        }
        self.step(|records, now| {
            if self.is(Defect::RevokeEndsTheFuture) {
                records.marks.insert(*family);
            }
            records.left.revoked(self.defect, family, now);
            let found = self.found(records, now, family, keep);
            end(records, &found)
        })
    }

    /// The records that a revoke ends, and whether each counts.
    fn found(
        &self,
        records: &Records,
        now: Duration,
        family: &Family,
        keep: Option<&Digest>,
    ) -> Vec<(StoreKey, bool)> {
        if !family.is_owned() && !self.is(Defect::RevokeOfAnonymousFamilies) {
            return Vec::new();
        }
        let keep = keep.filter(|_| !self.is(Defect::RevokeEndsWhatItKeeps));
        let by_index = self.is(Defect::IndexAfterTheFact) || self.is(Defect::RevokeTrustsTheIndex);
        let counts = |record: &Record| {
            (!record.tombstone || self.is(Defect::RevokeCountsTombstones))
                && (record.is_live(now) || self.is(Defect::RevokeCountsTheExpired))
        };
        records
            .all
            .iter()
            .filter(|(key, _)| reaches(self.defect, family, &key.family) && Some(&key.digest) != keep)
            .filter(|(_, record)| record.indexed || !by_index)
            .map(|(key, record)| (*key, counts(record)))
            .collect()
    }

    pub(crate) fn clean(&self, limit: u32) -> Result<u64, StoreError> {
        if self.is(Defect::SweepDoesNothing) || self.is(Defect::NativeExpiryNeverDeletes) {
            return Ok(0);
        }
        let alone = self.sweepers.fetch_add(1, Ordering::SeqCst) == 0;
        if self.is(Defect::SweepersCollide) {
            self.gap();
        }
        let removed = self.step(|records, now| {
            let limit = if self.is(Defect::SweepIgnoresItsLimit) { u32::MAX } else { limit };
            let by = match self.defect {
                Defect::SweepTakesTheLiving => now + Duration::from_secs(9999),
                Defect::SweepByTheLatestClock => records.left.latest,
                _ => now,
            };
            let mut expired: Vec<_> = records
                .all
                .iter()
                .filter(|(key, record)| !record.is_live(by) && self.sweeps(records, key, record))
                .map(|(key, record)| (record.deadline, record.broken, *key))
                .collect();
            expired.sort_unstable();
            if self.is(Defect::SweepFailsAtTheFirst) && expired.iter().any(|(_, broken, _)| *broken) {
                return Err(undecodable());
            }
            let stops = self.is(Defect::SweepStopsAtTheFirst);
            let readable = expired.into_iter().take_while(|(_, broken, _)| !(stops && *broken));
            let swept: Vec<StoreKey> = readable.map(|(_, _, key)| key).take(limit as usize).collect();
            swept.iter().for_each(|key| drop(records.all.remove(key)));
            let Records { all, left, .. } = records;
            left.swept(self.defect, &swept, |family| all.keys().any(|key| key.family == *family));
            Ok(swept.len() as u64)
        });
        self.sweepers.fetch_sub(1, Ordering::SeqCst);
        if self.is(Defect::SweepersCollide) && !alone {
            return Err(StoreError::new(StoreErrorKind::Overloaded, Applied::Unknown));
        }
        removed
    }

    /// Whether a sweep would find what has expired.
    fn sweeps(&self, records: &Records, key: &StoreKey, record: &Record) -> bool {
        let [.., last] = key.family.as_bytes();
        match self.defect {
            Defect::SweepStopsForGood => !records.left.has_swept,
            Defect::SweepSeesOnePart => last % 4 != 0,
            Defect::SweepSeesOwnersOnly => key.is_owned(),
            Defect::SweepLeavesTombstones => !record.tombstone,
            _ => true,
        }
    }
}

impl Records {
    pub(crate) fn live(&self, now: Duration, key: &StoreKey) -> Option<&Record> {
        self.all.get(key).filter(|record| record.is_live(now))
    }

    fn visible(&self, defect: Defect, now: Duration, key: &StoreKey) -> Option<&Record> {
        let marked = defect == Defect::RevokeEndsTheFuture && self.marks.contains(&key.family);
        let found = self.all.get(key).filter(|record| !record.deleted && !marked)?;
        (record_counts(defect, found, now)).then_some(found)
    }

    pub(crate) fn in_family(&mut self, family: &Family) -> impl Iterator<Item = (Digest, &mut Record)> {
        let family = *family;
        let mine = self.all.iter_mut().filter(move |(key, _)| key.family == family);
        mine.map(|(key, record)| (key.digest, record))
    }
}

fn record_counts(defect: Defect, record: &Record, now: Duration) -> bool {
    record.is_live(now)
        || defect == Defect::ExpiryOnlyBySweep
        || (defect == Defect::TombstonesNeverDie && record.tombstone)
}

fn end(records: &mut Records, found: &[(StoreKey, bool)]) -> u64 {
    records.all.retain(|key, _| !found.iter().any(|(ended, _)| ended == key));
    found.iter().filter(|(_, counts)| *counts).count() as u64
}

pub(crate) fn undecodable() -> StoreError {
    StoreError::new(StoreErrorKind::Undecodable, Applied::No)
}
