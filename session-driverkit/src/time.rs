use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use session_core::Timestamp;
use session_memory::{BuildError, ManualClock, MemoryStore};

/// The time of a case, for the driver and its store alike. It stands still until it is moved.
#[derive(Debug, Clone)]
pub(crate) struct Time {
    millis: Arc<AtomicU64>,
    store: ManualClock,
}

impl Time {
    pub(crate) fn new() -> Self {
        // 26 November 2026.
        Self { millis: Arc::new(AtomicU64::new(1_795_680_000_000)), store: ManualClock::new() }
    }

    pub(crate) fn pass(&self, by: Duration) {
        self.millis.fetch_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
        self.store.advance(by);
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis.load(Ordering::SeqCst))
    }

    /// A store whose records expire by this time.
    pub(crate) fn store(&self) -> Result<MemoryStore, BuildError> {
        MemoryStore::builder().clock(self.store.clone()).build()
    }
}
