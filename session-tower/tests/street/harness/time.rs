use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use session_core::Timestamp;
use session_memory::{ManualClock, MemoryStore};

/// The time of a test, for the layer, the store and the browsers alike. It stands still until it is moved.
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
        self.millis.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
        self.store.advance(by);
    }

    /// The time since 1970.
    pub(crate) fn now(&self) -> Duration {
        Duration::from_millis(self.millis.load(Ordering::SeqCst))
    }

    /// The clock of a layer.
    pub(crate) fn clock(&self) -> impl Fn() -> Timestamp + Send + Sync + 'static {
        let millis = Arc::clone(&self.millis);
        move || Timestamp::from_millis(millis.load(Ordering::SeqCst))
    }

    /// The clock of a store.
    pub(crate) fn store_clock(&self) -> ManualClock {
        self.store.clone()
    }

    /// A store whose records expire by this time.
    pub(crate) fn store(&self) -> MemoryStore {
        MemoryStore::builder().clock(self.store_clock()).build().unwrap()
    }
}
