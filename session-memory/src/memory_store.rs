use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use session_core::{
    id::Family,
    store::{Applied, StoreError, StoreErrorKind},
};

use super::{
    Builder, Clock,
    budget::{Budget, NoRoom},
    moment::Moment,
    records::Records,
    shard::Shard,
};

/// Sessions in the memory of this process: bounded, sharded by family, expiring by themselves.
///
/// Clones are cheap and share the records. It is a [`BlockingStore`](session_core::store::BlockingStore) and, because it
/// never waits, a [`Store`](session_core::store::Store). The [crate](crate) describes the bounds and what happens when one
/// is reached.
///
/// ```
/// use alo_session::MemoryStore;
///
/// let store = MemoryStore::new();
/// assert_eq!((store.len(), store.bytes()), (0, 0));
/// ```
///
/// # Errors
/// An operation fails, and changes nothing, with `OutOfSpace` if the store is full of live records, with `TooLarge` if the
/// record is larger than the whole store, and with `Other` for a rotation between two families or from a key to itself.
#[derive(Clone)]
pub struct MemoryStore {
    inner: Arc<Inner>,
}

impl MemoryStore {
    /// Creates a store with the default settings: 1,000,000 records, 1 GiB of data, the clock of the system.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Self::builder())
    }

    /// Returns a builder for a store with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns the number of records: sessions, tombstones, and expired records that are not reclaimed yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.budget.used().entries
    }

    /// Returns whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the total number of bytes in the data of those records.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.inner.budget.used().bytes
    }

    pub(crate) fn with(settings: Builder) -> Self {
        let budget = Arc::new(Budget::new(settings.max_entries.min(Records::MAX), settings.max_bytes));
        let shard = || Lane(Mutex::new(Shard::new(Arc::clone(&budget))));
        Self {
            inner: Arc::new(Inner {
                shards: std::iter::repeat_with(shard).take(settings.shards).collect(),
                clock: settings.clock,
                budget,
            }),
        }
    }

    /// Runs an operation that changes nothing on the shard of the family.
    pub(crate) fn read<T>(&self, family: &Family, step: impl FnOnce(&Shard, Moment) -> T) -> T {
        let (shard, now) = self.enter(self.lane(family));
        step(&shard, now)
    }

    /// Runs an operation on the shard of the family. If it needs room, it is repeated after expired records of any shard
    /// were removed, until it succeeds or none is left.
    pub(crate) fn write<T>(
        &self,
        family: &Family,
        mut step: impl FnMut(&mut Shard, Moment) -> Result<T, NoRoom>,
    ) -> Result<T, StoreError> {
        let lane = self.lane(family);
        let mut attempt = || {
            let (mut shard, now) = self.enter(lane);
            shard.reclaim(now, STEPS_PER_WRITE);
            let outcome = step(&mut shard, now);
            shard.tidy();
            outcome
        };
        if let Ok(outcome) = attempt() {
            return Ok(outcome);
        }
        for lane in &self.inner.shards {
            while let Some(removed) = reclaim_some(lane, self.now(), STEPS_PER_LOCK) {
                if removed > 0
                    && let Ok(outcome) = attempt()
                {
                    return Ok(outcome);
                }
            }
        }
        attempt().map_err(out_of_space)
    }

    /// Removes at most `limit` expired records.
    pub(crate) fn sweep_all(&self, limit: usize) -> usize {
        // One look at the clock for all shards: a look takes longer than a shard in which nothing is due.
        let (mut left, now) = (limit, self.now());
        for lane in &self.inner.shards {
            while left > 0
                && let Some(removed) = reclaim_some(lane, now, left.min(STEPS_PER_LOCK))
            {
                left = left.saturating_sub(removed);
            }
        }
        limit - left
    }

    /// Returns an error for a write that is larger than the whole store.
    pub(crate) fn check_size(&self, bytes: usize) -> Result<(), StoreError> {
        let max = self.inner.budget.max().bytes;
        if bytes <= max {
            return Ok(());
        }
        let source = format!("{bytes} bytes; `max_bytes` is {max}");
        Err(StoreError::new(StoreErrorKind::TooLarge, Applied::No).with_source(source))
    }

    fn now(&self) -> Moment {
        Moment::new(self.inner.clock.now())
    }

    /// Locks a shard, now.
    fn enter<'a>(&self, lane: &'a Lane) -> (MutexGuard<'a, Shard>, Moment) {
        // Before the lock: reading a clock can take as long as the work under it.
        lane.enter(self.now())
    }

    #[allow(clippy::indexing_slicing, reason = "x * n / 2^64 < n for every x < 2^64")]
    fn lane(&self, family: &Family) -> &Lane {
        let shards = &self.inner.shards;
        let [.., a, b, c, d, e, f, g, h] = *family.as_bytes();
        let random = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        &shards[((u128::from(random) * shards.len() as u128) >> 64) as usize]
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (used, max) = (self.inner.budget.used(), self.inner.budget.max());
        f.debug_struct("MemoryStore")
            .field("entries", &used.entries)
            .field("max_entries", &max.entries)
            .field("bytes", &used.bytes)
            .field("max_bytes", &max.bytes)
            .field("shards", &self.inner.shards.len())
            .finish_non_exhaustive()
    }
}

/// The number of deadlines that a write looks at: more than the one that it may add, so that reclaiming keeps up.
const STEPS_PER_WRITE: usize = 4;

/// The number of deadlines that are looked at under one lock, so that other operations get the shard in between.
const STEPS_PER_LOCK: usize = 64;

struct Inner {
    shards: Box<[Lane]>,
    clock: Box<dyn Clock>,
    budget: Arc<Budget>,
}

/// A shard with cache lines of its own, so that the locks of two shards do not slow each other down.
#[repr(align(128))]
struct Lane(Mutex<Shard>);

impl Lane {
    /// Locks the shard. No caller holds two at once.
    fn enter(&self, now: Moment) -> (MutexGuard<'_, Shard>, Moment) {
        // No function of a shard panics, so even a poisoned shard is consistent.
        let mut shard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = shard.advance(now);
        (shard, now)
    }
}

/// Removes a few expired records and returns their number, or `None` if nothing was due in the shard.
fn reclaim_some(lane: &Lane, now: Moment, steps: usize) -> Option<usize> {
    let (mut shard, now) = lane.enter(now);
    let reclaimed = shard.reclaim(now, steps);
    shard.tidy();
    (reclaimed.removed > 0 || !reclaimed.all).then_some(reclaimed.removed)
}

fn out_of_space(met: NoRoom) -> StoreError {
    StoreError::new(StoreErrorKind::OutOfSpace, Applied::No)
        .with_source(format!("`{}` is reached and nothing has expired", met.field))
}
