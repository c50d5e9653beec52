use std::time::Duration;

use session_core::store::StoreError;

/// How a store collects what has expired: a batch every so often, and the next one soon where a batch was full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sweeping {
    pub(crate) every: Duration,
    pub(crate) batch: u32,
}

/// Between two batches of one run, for the others: several times what a batch takes.
pub(crate) const PAUSE: Duration = Duration::from_millis(100);

impl Sweeping {
    /// How long to wait after a batch of so many.
    pub(crate) fn after(self, removed: u64) -> Duration {
        if removed < u64::from(self.batch) { self.every } else { PAUSE.min(self.every) }
    }
}

/// The next run goes on where this one failed.
pub(crate) fn failed(error: &StoreError, every: Duration) -> Duration {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::warn!(target: "alo_session", kind = error.kind().label(), source, "sweeping failed");
    every
}
