use std::{
    fmt, fs, io,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, OnFull, Page, Revision,
        RotateOutcome, StoreError, Stored, TouchOutcome, Write,
    },
};

use crate::{
    failure::mistaken,
    file::{self, Entry},
    record::{Record, deadline},
    sessions::Sessions,
};

/// Sessions in a directory, one file for each family.
pub struct FileStore {
    directory: PathBuf,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
}

impl FileStore {
    /// Opens the directory, and creates it if there is none.
    ///
    /// # Errors
    /// When the directory cannot be created.
    pub fn open(directory: impl Into<PathBuf>) -> io::Result<Self> {
        Self::with_clock(directory, SystemTime::now)
    }

    /// As [`open`](Self::open), with another clock, as tests need it.
    ///
    /// # Errors
    /// When the directory cannot be created.
    pub fn with_clock(
        directory: impl Into<PathBuf>,
        clock: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let directory = directory.into();
        fs::create_dir_all(&directory)?;
        Ok(Self { directory, clock: Box::new(clock) })
    }

    /// Milliseconds since 1970.
    fn now(&self) -> u64 {
        let since = (self.clock)().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn read(&self, family: &Family) -> Result<Vec<Entry>, StoreError> {
        file::read(&file::path(&self.directory, family))
    }

    /// One atomic change of a family: what `change` did to the sessions is stored, unless it failed or did nothing.
    fn change<T>(
        &self,
        family: &Family,
        change: impl FnOnce(&mut Sessions) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _lock = file::lock(&self.directory, family)?;
        let mut sessions = Sessions { entries: self.read(family)?, now: self.now(), changed: false };
        let outcome = change(&mut sessions)?;
        if sessions.changed {
            file::replace(&file::path(&self.directory, family), &sessions.entries)?;
        }
        Ok(outcome)
    }
}

impl BlockingStore for FileStore {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let now = self.now();
        let entries = self.read(&key.family)?;
        let entry = entries.iter().find(|entry| entry.cursor.digest == key.digest);
        let record = entry.map(Entry::decode).transpose()?;
        Ok(record.filter(|record| record.is_live(now)).map(|record| record.stored(now)))
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        self.change(&key.family, |sessions| {
            if let Some(live) = sessions.live(&key.digest)? {
                let again = live.revision == write.next;
                let evicted = Vec::new();
                return Ok(if again { CreateOutcome::Created { evicted } } else { CreateOutcome::Exists });
            }
            let mut evicted = Vec::new();
            if let Some(cap) = cap.filter(|_| key.is_owned()) {
                evicted.extend(sessions.all()?.into_iter().map(|(cursor, _)| cursor.digest));
                let max = usize::try_from(cap.max.get()).unwrap_or(usize::MAX);
                let too_many = (evicted.len() + 1).saturating_sub(max);
                if too_many > 0 && cap.on_full == OnFull::Refuse {
                    return Ok(CreateOutcome::Full);
                }
                evicted.truncate(too_many);
            }
            // What has expired under the key goes too, or the new session would take its age.
            for digest in evicted.iter().chain([&key.digest]) {
                sessions.remove(digest);
            }
            let record = Record::new(&write, sessions.now);
            sessions.put(&key.digest, &key.digest, &record);
            Ok(CreateOutcome::Created { evicted })
        })
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        self.change(&key.family, |sessions| {
            let Some(live) = sessions.live(&key.digest)? else {
                return Ok(CommitOutcome::Gone);
            };
            if live.revision == write.next {
                return Ok(CommitOutcome::Written);
            }
            if live.revision != expected {
                return Ok(CommitOutcome::Conflict(live.stored(sessions.now)));
            }
            let record = Record { tombstone: live.tombstone, ..Record::new(&write, sessions.now) };
            sessions.put(&key.digest, &key.digest, &record);
            Ok(CommitOutcome::Written)
        })
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        self.change(&key.family, |sessions| {
            let live = sessions.live(&key.digest)?;
            let Some(live) = live.filter(|live| live.revision == expected) else {
                return Ok(TouchOutcome::Gone);
            };
            let deadline = deadline(ttl, sessions.now);
            sessions.put(&key.digest, &key.digest, &Record { deadline, ..live });
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
        if from == to || from.family != to.family {
            return Err(mistaken("a rotation needs another key of the same family"));
        }
        self.change(&from.family, |sessions| {
            let target = sessions.live(&to.digest)?;
            if target.as_ref().is_some_and(|target| target.revision == write.next) {
                return Ok(RotateOutcome::Written);
            }
            let Some(live) = sessions.live(&from.digest)? else {
                return Ok(RotateOutcome::Gone);
            };
            if live.revision != expected {
                return Ok(RotateOutcome::Conflict(live.stored(sessions.now)));
            }
            if target.is_some() {
                return Ok(RotateOutcome::Exists);
            }
            sessions.remove(&to.digest);
            let record = Record::new(&write, sessions.now);
            sessions.put(&from.digest, &to.digest, &record);
            if let Some(tombstone) = tombstone {
                let record = Record { tombstone: true, ..Record::new(&tombstone, sessions.now) };
                sessions.put(&from.digest, &from.digest, &record);
            }
            Ok(RotateOutcome::Written)
        })
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        self.change(&key.family, |sessions| {
            match sessions.live(&key.digest) {
                Ok(Some(live)) => {
                    if tombstone.is_some_and(|tombstone| tombstone.next == live.revision) {
                        return Ok(DeleteOutcome::Deleted);
                    }
                    if expected.is_some_and(|expected| expected != live.revision) {
                        return Ok(DeleteOutcome::Conflict(live.stored(sessions.now)));
                    }
                }
                Ok(None) => return Ok(DeleteOutcome::Gone),
                // Without an expectation a record that nobody can read goes as well (FAULT-4).
                Err(error) if expected.is_some() => return Err(error),
                Err(_) => {}
            }
            match tombstone {
                Some(tombstone) => {
                    let record = Record { tombstone: true, ..Record::new(&tombstone, sessions.now) };
                    sessions.put(&key.digest, &key.digest, &record);
                }
                None => sessions.remove(&key.digest),
            }
            Ok(DeleteOutcome::Deleted)
        })
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        if !family.is_owned() {
            return Ok(Listed::default());
        }
        let family = Sessions { entries: self.read(family)?, now: self.now(), changed: false };
        let newest_first = family.all()?.into_iter().rev();
        let (sessions, next) =
            page.cut(newest_first.map(|(cursor, record)| (cursor, record.stored(family.now))));
        Ok(Listed { sessions, next })
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        if !family.is_owned() {
            return Ok(0);
        }
        self.change(family, |sessions| {
            let now = sessions.now;
            // What cannot be read may be a session, and ends like one.
            let counts = |entry: &Entry| {
                entry.decode().map_or(true, |record| record.is_live(now) && !record.tombstone)
            };
            let ended = |entry: &&Entry| Some(&entry.cursor.digest) != keep;
            let count = sessions.entries.iter().filter(ended).filter(|entry| counts(entry)).count();
            sessions.entries.retain(|entry| Some(&entry.cursor.digest) == keep);
            sessions.changed = true;
            Ok(count as u64)
        })
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        let mut removed = 0;
        for family in file::families(&self.directory)? {
            // A file that cannot be read does not end the sweep (SWEEP-1).
            removed += self.sweep_family(&family, u64::from(limit) - removed).unwrap_or_default();
            if removed == u64::from(limit) {
                break;
            }
        }
        Ok(removed)
    }
}

impl FileStore {
    fn sweep_family(&self, family: &Family, limit: u64) -> Result<u64, StoreError> {
        self.change(family, |sessions| {
            let (now, mut removed) = (sessions.now, 0);
            sessions.entries.retain(|entry| {
                let expired = entry.decode().is_ok_and(|record| !record.is_live(now));
                let goes = expired && removed < limit;
                removed += u64::from(goes);
                !goes
            });
            sessions.changed = removed > 0;
            Ok(removed)
        })
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").field("directory", &self.directory).finish_non_exhaustive()
    }
}
