use std::{
    fmt, fs,
    path::{self, Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::{BuildError, Synchronous, options::Options, url};

/// How long an operation may take unless another time is given.
const BUDGET: Duration = Duration::from_secs(2);

/// The settings of a store, checked when it is built. Building creates no file: the first operation does.
#[must_use]
pub struct Builder {
    url: String,
    synchronous: Option<Synchronous>,
    budget: Option<Duration>,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), synchronous: None, budget: None, clock: Box::new(SystemTime::now) }
    }

    /// What survives a power loss; goes before the URL. [`Synchronous::Full`] by default.
    pub const fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = Some(synchronous);
        self
    }

    /// How long an operation may take in all, waiting for other programs included; goes before the URL. Two seconds by
    /// default.
    pub const fn budget(mut self, budget: Duration) -> Self {
        self.budget = Some(budget);
        self
    }

    /// The clock of the deadlines, which must agree with that of every other program on the file. [`SystemTime::now`] by
    /// default; the tests of an application may move time instead of waiting for it.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Builds the asynchronous store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work, or the directory of the file is missing.
    #[cfg(feature = "tokio")]
    pub fn build(self) -> Result<crate::SqliteStore, BuildError> {
        Ok(crate::SqliteStore::new(self.options()?))
    }

    /// Builds the blocking store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work, or the directory of the file is missing.
    #[cfg(feature = "blocking")]
    pub fn build_blocking(self) -> Result<crate::blocking::SqliteStore, BuildError> {
        Ok(crate::blocking::SqliteStore::new(self.options()?))
    }

    pub(crate) fn options(self) -> Result<Options, BuildError> {
        let url = url::parse(&self.url)?;
        let budget = self.budget.or(url.budget).unwrap_or(BUDGET);
        if budget.is_zero() {
            return Err(BuildError::Zero { field: "budget" });
        }
        Ok(Options {
            path: usable(&url.path)?,
            synchronous: self.synchronous.or(url.synchronous).unwrap_or_default(),
            budget,
            clock: self.clock,
        })
    }
}

/// Returns the absolute path of the file, if a file can be there.
fn usable(path: &Path) -> Result<PathBuf, BuildError> {
    let unusable = |reason: String| BuildError::Path { path: path.to_owned(), reason };
    let absolute = path::absolute(path).map_err(|error| unusable(error.to_string()))?;
    let ends_with_a_name = !path.as_os_str().to_string_lossy().ends_with('/');
    if absolute.is_dir() || !ends_with_a_name {
        return Err(unusable("it is a directory; name a file in it".to_owned()));
    }
    let directory = absolute.parent().unwrap_or(&absolute);
    match fs::metadata(directory) {
        Ok(found) if found.is_dir() => Ok(absolute),
        Ok(_) => Err(unusable(format!("{} is not a directory", directory.display()))),
        Err(error) => Err(unusable(format!("create its directory {} first: {error}", directory.display()))),
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("url", &self.url).finish_non_exhaustive()
    }
}
