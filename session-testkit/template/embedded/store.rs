use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page,
        Revision, RotateOutcome, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};

/// Sessions in this process only.
pub struct MyStore {
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
}

impl MyStore {
    /// Opens a store with the clock of the machine.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(SystemTime::now)
    }

    /// Opens a store with another clock, for tests.
    #[must_use]
    pub fn with_clock(clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        let clock = Box::new(clock);
        Self { clock }
    }

    /// Milliseconds since 1970.
    fn now(&self) -> u64 {
        let now = (self.clock)().duration_since(UNIX_EPOCH);
        let since = now.unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn not_written_yet(&self, operation: &str) -> StoreError {
        let source = format!("`{operation}` is not written yet; asked at {}", self.now());
        StoreError::new(StoreErrorKind::Unsupported, Applied::No).with_source(source)
    }
}

impl Default for MyStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MyStore").finish_non_exhaustive()
    }
}

