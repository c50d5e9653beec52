use std::time::{Duration, SystemTime};

use crate::{BuildError, SqliteStore, Synchronous, options::Options, url};

/// The settings of a store, checked when it is built. Building creates no file: the first operation does.
#[derive(Debug)]
#[must_use]
pub struct Builder {
    options: Result<Options, BuildError>,
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Self { options: url::parse(url) }
    }

    /// What survives a power loss; goes before the URL. [`Synchronous::Full`] by default.
    pub fn synchronous(self, synchronous: Synchronous) -> Self {
        self.with(|options| options.synchronous = synchronous)
    }

    /// How long an operation may take in all, waiting for other programs included; goes before the URL. Two seconds by
    /// default.
    pub fn budget(self, budget: Duration) -> Self {
        self.with(|options| options.budget = budget)
    }

    /// The clock of the deadlines, which must agree with that of every other program on the file. [`SystemTime::now`] by
    /// default; the tests of an application may move time instead of waiting for it.
    pub fn clock(self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.with(|options| options.clock = Box::new(clock))
    }

    /// Builds the store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work, or the directory of the file is missing.
    pub fn build(self) -> Result<SqliteStore, BuildError> {
        Ok(SqliteStore::new(self.options()?))
    }

    pub(crate) fn options(self) -> Result<Options, BuildError> {
        let options = self.options?;
        if options.budget.is_zero() {
            return Err(BuildError::Zero { field: "budget" });
        }
        Ok(Options { path: url::usable(&options.path)?, ..options })
    }

    fn with(mut self, set: impl FnOnce(&mut Options)) -> Self {
        if let Ok(options) = &mut self.options {
            set(options);
        }
        self
    }
}
