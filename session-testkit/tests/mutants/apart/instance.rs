use std::{
    sync::{Mutex, MutexGuard},
    thread,
    time::Duration,
};

use session_core::{
    id::{Digest, StoreKey},
    store::{
        Answer, BlockingAdapter, BlockingStore, Call, Cap, CommitOutcome, CreateOutcome, Cursor,
        DeleteOutcome, Listed, OnFull, Page, RotateOutcome, StoreError, Stored, TouchOutcome, Write,
    },
};
use session_testkit::ModelStore;

use super::{Apart, Memory, memory::aged};

type Answered = Result<Answer, StoreError>;

/// One instance of a store over a shared database, which has no defect. What is wrong is what the instance remembers.
pub(crate) struct Instance {
    defect: Apart,
    database: ModelStore,
    memory: Mutex<Memory>,
}

impl Instance {
    pub(super) fn new(defect: Apart, database: ModelStore) -> Self {
        Self { defect, database, memory: Mutex::default() }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }

    fn now(&self) -> Duration {
        self.database.clock().now()
    }

    fn ask(&self, call: Call<'_>) -> Answered {
        self.database.perform(call)
    }

    /// Writes the deadlines that were put off.
    pub(super) fn flush(&self) {
        let mut memory = self.memory();
        for (key, (expected, deadline)) in std::mem::take(&mut memory.touched) {
            self.database.touch(&key, expected, deadline.saturating_sub(self.now())).unwrap();
        }
    }

    /// Looks, and writes blindly a moment later. The lock keeps this instance's other writes out.
    fn locked(&self, call: Call<'_>) -> Answered {
        let _lock = self.memory();
        let pause = || thread::sleep(Duration::from_micros(50));
        match call {
            Call::Create { key, .. } if self.database.load(&key)?.is_none() => {
                pause();
                self.database.delete(&key, None, None)?;
                self.ask(call)
            }
            Call::Commit { key, expected, replaced, write } => {
                if self.database.load(&key)?.is_none_or(|live| live.revision != expected) {
                    return self.ask(call);
                }
                pause();
                let Some(live) = self.database.load(&key)? else {
                    return Ok(Answer::Commit(CommitOutcome::Gone));
                };
                self.ask(Call::Commit { key, expected: live.revision, replaced, write })
            }
            _ => self.ask(call),
        }
    }

    fn cached(&self, call: Call<'_>) -> Answered {
        let mut memory = self.memory();
        let Call::Load { key } = call else {
            memory.clear();
            return self.ask(call);
        };
        if let Some((since, stored)) = memory.loaded.get(&key) {
            return Ok(Answer::Load(aged(stored.clone(), self.now() - *since)));
        }
        let stored = self.database.load(&key)?;
        memory.loaded.extend(stored.clone().map(|stored| (key, (self.now(), stored))));
        Ok(Answer::Load(stored))
    }

    /// Counts the sessions that it made itself.
    fn counted(&self, call: Call<'_>) -> Answered {
        let mut memory = self.memory();
        match call {
            Call::Create { key, write, cap: Some(cap) }
                if key.is_owned() && self.database.load(&key)?.is_none() =>
            {
                let Some(evicted) = self.evicted(&memory, &key, cap)? else {
                    return Ok(Answer::Create(CreateOutcome::Full));
                };
                for digest in &evicted {
                    self.database.delete(&StoreKey { digest: *digest, ..key }, None, None)?;
                }
                memory.made.insert(key);
                self.database.create(&key, write, None)?;
                return Ok(Answer::Create(CreateOutcome::Created { evicted }));
            }
            Call::Create { key, .. } | Call::Rotate { to: key, .. } => drop(memory.made.insert(key)),
            _ => {}
        }
        self.ask(call)
    }

    fn evicted(&self, memory: &Memory, key: &StoreKey, cap: Cap) -> Result<Option<Vec<Digest>>, StoreError> {
        let all = self.database.list(&key.family, Page::first(std::num::NonZeroU32::MAX))?;
        let mut mine: Vec<Digest> = all.sessions.into_iter().map(|(digest, _)| digest).rev().collect();
        mine.retain(|digest| memory.made.contains(&StoreKey { digest: *digest, ..*key }));
        let too_many = (mine.len() + 1).saturating_sub(cap.max.get() as usize);
        mine.truncate(too_many);
        Ok((too_many == 0 || cap.on_full == OnFull::EvictOldest).then_some(mine))
    }

    fn absent(&self, call: Call<'_>) -> Answered {
        let mut memory = self.memory();
        match call {
            Call::Load { key } if memory.absent.contains(&key) => return Ok(Answer::Load(None)),
            Call::Create { key, .. } | Call::Rotate { to: key, .. } => drop(memory.absent.remove(&key)),
            _ => {}
        }
        let answer = self.ask(call)?;
        if let (Call::Load { key }, Answer::Load(None)) = (call, &answer) {
            memory.absent.insert(key);
        }
        Ok(answer)
    }

    fn listed(&self, call: Call<'_>) -> Answered {
        let mut memory = self.memory();
        let Call::List { family, page } = call else {
            if !call.operation().is_read() {
                memory.clear();
            }
            return self.ask(call);
        };
        let place = (family, page.after, page.limit.get());
        if let Some((since, Listed { sessions, next })) = memory.listed.get(&place) {
            let age = self.now() - *since;
            let left = |(digest, stored): &(Digest, _)| Some((*digest, aged(Stored::clone(stored), age)?));
            let sessions = sessions.iter().filter_map(left).collect();
            return Ok(Answer::List(Listed { sessions, next: *next }));
        }
        let listed = self.database.list(&family, page)?;
        memory.listed.insert(place, (self.now(), listed.clone()));
        Ok(Answer::List(listed))
    }

    /// Keeps the position of a session in front of its data, and numbers the sessions by itself.
    fn numbered(&self, call: Call<'_>) -> Answered {
        let with = |position: u64, write: Write<'_>| [&position.to_be_bytes()[..], write.data].concat();
        let position = |key: &StoreKey| -> Result<u64, StoreError> {
            Ok(self.database.load(key)?.map_or(0, |stored| cut(stored).0))
        };
        let answer = match call {
            Call::Create { key, write, cap } => {
                let mut memory = self.memory();
                memory.position += 1;
                let data = with(memory.position, write);
                self.ask(Call::Create { key, write: Write { data: &data, ..write }, cap })
            }
            Call::Commit { key, expected, write, .. } => {
                let data = with(position(&key)?, write);
                self.ask(Call::Commit {
                    key,
                    expected,
                    replaced: None,
                    write: Write { data: &data, ..write },
                })
            }
            Call::Rotate { from, expected, to, write, tombstone } => {
                let position = position(&from)?;
                let (data, left) = (with(position, write), tombstone.map(|left| with(0, left)));
                let tombstone = tombstone.zip(left.as_deref()).map(|(left, data)| Write { data, ..left });
                self.ask(Call::Rotate {
                    from,
                    expected,
                    to,
                    write: Write { data: &data, ..write },
                    tombstone,
                })
            }
            Call::Delete { key, expected, tombstone } => {
                let left = tombstone.map(|left| with(0, left));
                let tombstone = tombstone.zip(left.as_deref()).map(|(left, data)| Write { data, ..left });
                self.ask(Call::Delete { key, expected, tombstone })
            }
            Call::List { family, page } => {
                let all = self.database.list(&family, Page::first(std::num::NonZeroU32::MAX))?.sessions;
                let mut all: Vec<_> = all
                    .into_iter()
                    .map(|(digest, stored)| {
                        let (position, stored) = cut(stored);
                        (Cursor { position, digest }, stored)
                    })
                    .collect();
                all.sort_by_key(|(cursor, _)| std::cmp::Reverse(*cursor));
                let (sessions, next) = page.cut(all);
                return Ok(Answer::List(Listed { sessions, next }));
            }
            _ => self.ask(call),
        };
        Ok(match answer? {
            Answer::Load(stored) => Answer::Load(stored.map(|stored| cut(stored).1)),
            Answer::Commit(CommitOutcome::Conflict(live)) => {
                Answer::Commit(CommitOutcome::Conflict(cut(live).1))
            }
            Answer::Rotate(RotateOutcome::Conflict(live)) => {
                Answer::Rotate(RotateOutcome::Conflict(cut(live).1))
            }
            Answer::Delete(DeleteOutcome::Conflict(live)) => {
                Answer::Delete(DeleteOutcome::Conflict(cut(live).1))
            }
            answer => answer,
        })
    }

    /// Knows a repetition only of what it was asked itself.
    fn remembered(&self, call: Call<'_>) -> Answered {
        let (at, next) = match call {
            Call::Create { key, write, .. } | Call::Commit { key, write, .. } => (key, write.next),
            Call::Rotate { to, write, .. } => (to, write.next),
            Call::Delete { key, tombstone: Some(left), .. } => (key, left.next),
            _ => return self.ask(call),
        };
        if self.memory().attempts.insert(next)
            && let Some(live) = self.database.load(&at)?.filter(|live| live.revision == next)
        {
            return Ok(match call {
                Call::Create { .. } => Answer::Create(CreateOutcome::Exists),
                Call::Commit { .. } => Answer::Commit(CommitOutcome::Conflict(live)),
                Call::Rotate { .. } => Answer::Rotate(RotateOutcome::Exists),
                _ => Answer::Delete(DeleteOutcome::Conflict(live)),
            });
        }
        self.ask(call)
    }

    /// Ends by its own timers what it wrote.
    fn timed(&self, call: Call<'_>) -> Answered {
        let mut memory = self.memory();
        let now = self.now();
        if let Call::Sweep { .. } = call {
            let due: Vec<StoreKey> =
                memory.due.iter().filter(|(_, due)| **due < now).map(|(key, _)| *key).collect();
            for key in due {
                memory.due.remove(&key);
                self.database.delete(&key, None, None)?;
            }
        }
        let answer = self.ask(call)?;
        let mut starts = |key, ttl: Duration| {
            memory.due.insert(key, now.saturating_add(ttl));
        };
        match (call, &answer) {
            (Call::Create { key, write, .. }, Answer::Create(CreateOutcome::Created { .. }))
            | (Call::Commit { key, write, .. }, Answer::Commit(CommitOutcome::Written)) => {
                starts(key, write.ttl);
            }
            (Call::Touch { key, ttl, .. }, Answer::Touch(TouchOutcome::Touched)) => starts(key, ttl),
            (Call::Rotate { from, to, write, tombstone, .. }, Answer::Rotate(RotateOutcome::Written)) => {
                starts(to, write.ttl);
                starts(from, tombstone.map_or(Duration::MAX, |left| left.ttl));
            }
            (Call::Delete { key, tombstone: Some(left), .. }, Answer::Delete(DeleteOutcome::Deleted)) => {
                starts(key, left.ttl);
            }
            _ => {}
        }
        Ok(answer)
    }

    /// Writes new deadlines later.
    fn behind(&self, call: Call<'_>) -> Answered {
        let now = self.now();
        match call {
            Call::Touch { key, expected, ttl } if !ttl.is_zero() => {
                let mut memory = self.memory();
                if self.database.load(&key)?.is_none_or(|live| live.revision != expected) {
                    return self.ask(call);
                }
                let millis = u64::try_from(ttl.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
                memory.touched.insert(key, (expected, now.saturating_add(Duration::from_millis(millis))));
                Ok(Answer::Touch(TouchOutcome::Touched))
            }
            Call::Load { key } => {
                let memory = self.memory();
                let touched = memory.touched.get(&key);
                let stored = self.database.load(&key)?.map(|stored| match touched {
                    Some((revision, deadline)) if *revision == stored.revision => {
                        Stored { remaining: deadline.saturating_sub(now), ..stored }
                    }
                    _ => stored,
                });
                Ok(Answer::Load(stored))
            }
            _ => {
                self.flush();
                self.ask(call)
            }
        }
    }
}

impl BlockingAdapter for Instance {
    fn forward(&self, call: Call<'_>) -> Answered {
        match self.defect {
            Apart::Nothing => self.ask(call),
            Apart::LockIsPerInstance => self.locked(call),
            Apart::CacheIsPerInstance => self.cached(call),
            Apart::CapIsPerInstance => self.counted(call),
            Apart::AbsenceIsCached => self.absent(call),
            Apart::ListIsCached => self.listed(call),
            Apart::AgesArePerInstance => self.numbered(call),
            Apart::AttemptsArePerInstance => self.remembered(call),
            Apart::TimersArePerInstance => self.timed(call),
            Apart::TouchIsBehind => self.behind(call),
        }
    }
}

/// The position in front of the data, and the record without it.
fn cut(mut stored: Stored) -> (u64, Stored) {
    let position = u64::from_be_bytes(*stored.data.first_chunk().unwrap());
    stored.data = stored.data.slice(8..);
    (position, stored)
}
