//! Shared by the tests of the core: a store that implements only the contract, and reproducible entropy.

#![allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code; each test binary uses a part of it"
)]

mod store;

pub use store::{Shared, ready};

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use session_core::{
    Timestamp,
    exchange::{Answer, Call},
    id::{Digest, Entropy, EntropyError, Family, StoreKey},
    store::{
        Applied, Cap, CommitOutcome, CreateOutcome, Cursor, DeleteOutcome, Listed, OnFull, Revision,
        RotateOutcome, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};

/// Entropy that is the same in every run and never repeats within one.
#[derive(Debug, Default)]
pub struct Counted(AtomicU64);

impl From<u64> for Counted {
    fn from(count: u64) -> Self {
        Self(count.into())
    }
}

impl Entropy for Counted {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        blake3::Hasher::new().update(&count.to_be_bytes()).finalize_xof().fill(out);
        Ok(())
    }
}

/// A store in logical time. One call is one atomic step.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub now: Duration,
    /// The calls since the last look.
    pub calls: Vec<&'static str>,
    /// For each commit, whether it was told what it replaces.
    pub told: Vec<bool>,
    /// The failures of the next writes. A write whose outcome is unknown is applied.
    pub failures: Vec<(StoreErrorKind, Applied)>,
    /// Calls of this name fail and change nothing.
    pub broken: Option<&'static str>,
    records: BTreeMap<StoreKey, Kept>,
    created: u64,
}

#[derive(Debug, Clone)]
struct Kept {
    revision: Revision,
    data: Bytes,
    expires: Duration,
    tombstone: bool,
    /// The order in which sessions began; a rotation keeps it.
    order: u64,
}

impl World {
    pub fn timestamp(&self) -> Timestamp {
        Timestamp::from_millis(1_000_000).after(self.now)
    }

    /// The live records, without tombstones.
    pub fn sessions(&self) -> Vec<(StoreKey, Bytes)> {
        let live = self.records.iter().filter(|(_, kept)| kept.expires > self.now && !kept.tombstone);
        live.map(|(key, kept)| (*key, kept.data.clone())).collect()
    }

    /// Replaces the bytes of every record.
    pub fn damage(&mut self, data: &[u8]) {
        for kept in self.records.values_mut() {
            kept.data = Bytes::copy_from_slice(data);
        }
    }

    /// Calls [`perform`](Self::perform), unless a failure is due.
    pub fn try_perform(&mut self, call: &Call<'_>) -> Result<Answer, StoreError> {
        if self.broken == Some(call.operation().name()) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, Applied::No));
        }
        match self.failures.pop() {
            Some((kind, Applied::No)) => Err(StoreError::new(kind, Applied::No)),
            Some((kind, applied)) => {
                self.perform(call);
                Err(StoreError::new(kind, applied))
            }
            None => Ok(self.perform(call)),
        }
    }

    pub fn perform(&mut self, call: &Call<'_>) -> Answer {
        self.calls.push(call.operation().name());
        if let Call::Commit { replaced, .. } = call {
            self.told.push(replaced.is_some());
        }
        match *call {
            Call::Load { key } => Answer::Load(self.live(&key).map(|kept| self.stored(&kept))),
            Call::Create { key, write, cap } => Answer::Create(match self.live(&key) {
                Some(kept) if kept.revision != write.next => CreateOutcome::Exists,
                Some(_) => CreateOutcome::Created { evicted: Vec::new() },
                None => self.create(key, write, cap),
            }),
            Call::Commit { key, expected, replaced, write } => Answer::Commit(match self.live(&key) {
                // Whatever the core tells a store that it replaces must be true.
                Some(kept) if kept.revision == expected && replaced.is_some_and(|data| data != kept.data) => {
                    panic!("the core replaces other bytes than those of the revision")
                }
                None => CommitOutcome::Gone,
                Some(kept) if kept.revision == write.next => CommitOutcome::Written,
                Some(kept) if kept.revision != expected => CommitOutcome::Conflict(self.stored(&kept)),
                Some(kept) => {
                    self.keep(key, write, false, kept.order);
                    CommitOutcome::Written
                }
            }),
            Call::Touch { key, expected, ttl } => Answer::Touch(match self.live(&key) {
                Some(kept) if kept.revision == expected => {
                    self.records.get_mut(&key).unwrap().expires = self.now + ttl;
                    TouchOutcome::Touched
                }
                _ => TouchOutcome::Gone,
            }),
            Call::Rotate { from, expected, to, write, tombstone } => {
                Answer::Rotate(self.rotate(from, expected, to, write, tombstone))
            }
            Call::Delete { key, expected, tombstone } => Answer::Delete(match self.live(&key) {
                None => DeleteOutcome::Gone,
                Some(kept) if tombstone.is_some_and(|write| write.next == kept.revision) => {
                    DeleteOutcome::Deleted
                }
                Some(kept) if expected.is_some_and(|expected| expected != kept.revision) => {
                    DeleteOutcome::Conflict(self.stored(&kept))
                }
                Some(_) => {
                    self.records.remove(&key);
                    if let Some(tombstone) = tombstone {
                        self.keep(key, tombstone, true, 0);
                    }
                    DeleteOutcome::Deleted
                }
            }),
            Call::List { family, page } => {
                let newest_first = self.family(family).into_iter().rev();
                let at = |digest, kept: &Kept| Cursor { position: kept.order, digest };
                let (sessions, next) =
                    page.cut(newest_first.map(|(digest, kept)| (at(digest, &kept), self.stored(&kept))));
                Answer::List(Listed { sessions, next })
            }
            Call::Revoke { family, keep } => {
                let ended = self.family(family).into_iter().filter(|(digest, _)| keep != Some(*digest));
                let ended: Vec<_> = ended.map(|(digest, _)| StoreKey { family, digest }).collect();
                ended.iter().for_each(|key| drop(self.records.remove(key)));
                Answer::Revoke(ended.len() as u64)
            }
            Call::Sweep { limit } => Answer::Sweep(self.sweep(limit)),
        }
    }

    fn sweep(&mut self, limit: u32) -> u64 {
        let expired = self.records.iter().filter(|(_, kept)| kept.expires <= self.now);
        let expired: Vec<_> = expired.map(|(key, _)| *key).take(limit as usize).collect();
        expired.iter().for_each(|key| drop(self.records.remove(key)));
        expired.len() as u64
    }

    /// The records, expired ones and tombstones included.
    pub fn rows(&self) -> usize {
        self.records.len()
    }

    fn create(&mut self, key: StoreKey, write: Write<'_>, cap: Option<Cap>) -> CreateOutcome {
        let sessions = self.family(key.family);
        let max = cap.filter(|_| key.is_owned()).map_or(usize::MAX, |cap| cap.max.get() as usize);
        let excess = (sessions.len() + 1).saturating_sub(max);
        if excess > 0 && cap.is_some_and(|cap| cap.on_full == OnFull::Refuse) {
            return CreateOutcome::Full;
        }
        let evicted: Vec<_> = sessions.into_iter().take(excess).map(|(digest, _)| digest).collect();
        for digest in &evicted {
            self.records.remove(&StoreKey { digest: *digest, ..key });
        }
        self.created += 1;
        self.keep(key, write, false, self.created);
        CreateOutcome::Created { evicted }
    }

    /// The live sessions of an owner's family, oldest first.
    fn family(&self, family: Family) -> Vec<(Digest, Kept)> {
        let live = |(key, kept): &(&StoreKey, &Kept)| {
            key.family == family && family.is_owned() && kept.expires > self.now && !kept.tombstone
        };
        let sessions = self.records.iter().filter(live);
        let mut sessions: Vec<_> = sessions.map(|(key, kept)| (key.digest, kept.clone())).collect();
        sessions.sort_by_key(|(_, kept)| kept.order);
        sessions
    }

    fn rotate(
        &mut self,
        from: StoreKey,
        expected: Revision,
        to: StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> RotateOutcome {
        let order = match (self.live(&from), self.live(&to)) {
            (_, Some(there)) if there.revision == write.next => return RotateOutcome::Written,
            (None, _) => return RotateOutcome::Gone,
            (Some(kept), _) if kept.revision != expected => {
                return RotateOutcome::Conflict(self.stored(&kept));
            }
            (_, Some(_)) => return RotateOutcome::Exists,
            (Some(kept), _) => kept.order,
        };
        self.records.remove(&from);
        if let Some(tombstone) = tombstone {
            self.keep(from, tombstone, true, 0);
        }
        self.keep(to, write, false, order);
        RotateOutcome::Written
    }

    fn live(&self, key: &StoreKey) -> Option<Kept> {
        self.records.get(key).filter(|kept| kept.expires > self.now).cloned()
    }

    fn stored(&self, kept: &Kept) -> Stored {
        Stored { revision: kept.revision, remaining: kept.expires - self.now, data: kept.data.clone() }
    }

    fn keep(&mut self, key: StoreKey, write: Write<'_>, tombstone: bool, order: u64) {
        assert!(!write.ttl.is_zero(), "nothing is written that is dead already");
        let data = Bytes::copy_from_slice(write.data);
        let expires = self.now + write.ttl;
        self.records.insert(key, Kept { revision: write.next, data, expires, tombstone, order });
    }
}
