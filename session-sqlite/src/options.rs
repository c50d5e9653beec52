use std::{
    fmt,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::Synchronous;

/// What a store was built with.
pub(crate) struct Options {
    /// Absolute, so that no change of the working directory leads to another file.
    pub(crate) path: PathBuf,
    pub(crate) synchronous: Synchronous,
    pub(crate) budget: Duration,
    pub(crate) clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Options {
    /// Returns the milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        let since = (self.clock)().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    /// Shows a store of this type.
    pub(crate) fn show(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("path", &self.path)
            .field("synchronous", &self.synchronous)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
