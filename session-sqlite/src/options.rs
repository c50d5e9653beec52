use std::{
    fmt,
    path::PathBuf,
    sync::atomic::AtomicBool,
    time::{Duration, SystemTime},
};

use session_core::Timestamp;

use crate::Synchronous;

/// What a store is built with.
pub(crate) struct Options {
    pub(crate) path: PathBuf,
    pub(crate) synchronous: Synchronous,
    pub(crate) budget: Duration,
    pub(crate) clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    /// Not once it was opened: a file that is missing then was taken away, and an empty one would be no answer.
    pub(crate) may_create: AtomicBool,
}

impl Options {
    /// Returns the milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        i64::try_from(Timestamp::from((self.clock)()).as_millis()).unwrap_or(i64::MAX)
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("path", &self.path)
            .field("synchronous", &self.synchronous)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
