//! What an operator does with a file: look at it, count and remove.

use std::{fmt, path::Path};

use session_core::{
    id::Family,
    store::{Applied, StoreError},
};

use crate::{BuildError, Builder, database::Database, failure::Failure, operations::Step, options::Options};

/// A connection for an operator. It never creates a file.
pub struct Maintenance {
    database: Database,
    options: Options,
}

/// Why a file cannot be looked at.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum MaintenanceError {
    /// The URL cannot work.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// There is no file yet.
    #[error("there is no file yet: the first operation of the application creates it, for its own user")]
    Missing,
    /// The file cannot be used.
    #[error("the file cannot be used")]
    Store(#[source] StoreError),
}

/// What is in a file.
///
/// Not exhaustive, because more may be counted later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// The records that can be loaded. Tombstones count as sessions.
    pub live: u64,
    /// How many of them are sessions of an owner.
    pub owned: u64,
    /// The records that have expired and have not been removed yet.
    pub expired: u64,
    /// The size of the file.
    pub bytes: u64,
    /// How much of it is free for what comes.
    pub free: u64,
}

const STATS: &str = "\
    SELECT COUNT(*) FILTER (WHERE expires>?1), COUNT(age) FILTER (WHERE expires>?1), \
    COUNT(*) FILTER (WHERE expires<=?1) FROM session";
const OWNERS: &str =
    "SELECT DISTINCT family FROM session WHERE age IS NOT NULL AND family>?1 ORDER BY family LIMIT 1000";

impl Maintenance {
    /// Opens the file at the URL of a store.
    ///
    /// # Errors
    /// [`MaintenanceError`] if there is no file, or none that this release may use.
    pub fn open(url: &str) -> Result<Self, MaintenanceError> {
        let options = Builder::new(url).options()?;
        if !options.path.exists() {
            return Err(MaintenanceError::Missing);
        }
        Ok(Self { database: Database::open(&options)?, options })
    }

    /// Returns the absolute path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.options.path
    }

    /// Reads the whole file, and returns what is damaged in it: nothing, if all is well.
    ///
    /// # Errors
    /// [`MaintenanceError::Store`] if it cannot be read at all.
    pub fn check(&self) -> Result<Vec<String>, MaintenanceError> {
        let mut found = self.texts("PRAGMA integrity_check(10)")?;
        found.retain(|line| line != "ok");
        Ok(found)
    }

    /// Counts; reads the whole table.
    ///
    /// # Errors
    /// [`MaintenanceError::Store`]
    pub fn stats(&self) -> Result<Stats, MaintenanceError> {
        let size = |number: i64| u64::try_from(number).unwrap_or_default();
        let pragma = |sql| self.database.query_row(sql, [], |row| row.get(0)).map(size);
        let counts = || -> Result<Stats, Failure> {
            let page = pragma("PRAGMA page_size")?;
            let (bytes, free) =
                (pragma("PRAGMA page_count")? * page, pragma("PRAGMA freelist_count")? * page);
            Ok(self.database.query_row(STATS, [self.options.now()], |row| {
                let [live, owned, expired] = [row.get(0)?, row.get(1)?, row.get(2)?].map(size);
                Ok(Stats { live, owned, expired, bytes, free })
            })?)
        };
        Ok(counts()?)
    }

    /// Removes what has expired, a few hundred rows at a time, so that the application gets its turn. Tells how many are gone.
    ///
    /// # Errors
    /// [`MaintenanceError::Store`] when a step fails; those before it are done.
    pub fn collect(&self, mut progress: impl FnMut(u64)) -> Result<u64, MaintenanceError> {
        let mut removed = 0;
        loop {
            let more = Step::new(&self.database, self.options.now()).sweep(u32::MAX)?;
            removed += more;
            progress(removed);
            if more == 0 {
                return Ok(removed);
            }
        }
    }

    /// Returns the next families of owners who have sessions.
    ///
    /// # Errors
    /// [`MaintenanceError::Store`]
    pub fn owners_after(&self, last: Option<Family>) -> Result<Vec<Family>, MaintenanceError> {
        let owners = || -> Result<Vec<Family>, Failure> {
            let mut statement = self.database.prepare_cached(OWNERS)?;
            let last = last.as_ref().map_or(&[][..], |last| last.as_bytes());
            let found = statement.query_map([last], |row| row.get(0).map(Family::from_bytes))?;
            Ok(found.collect::<Result<_, _>>()?)
        };
        Ok(owners()?)
    }

    fn texts(&self, sql: &str) -> Result<Vec<String>, Failure> {
        let mut statement = self.database.prepare(sql)?;
        let found = statement.query_map([], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}

impl From<Failure> for MaintenanceError {
    fn from(failure: Failure) -> Self {
        Self::Store(failure.error(Applied::No))
    }
}

impl fmt::Debug for Maintenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.options.show("Maintenance", f)
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let Self { live, owned, expired, bytes, free } = *self;
        write!(f, "live     {live}\nowned    {owned}\nexpired  {expired}\n")?;
        write!(f, "size     {:.1} MiB, of which {:.1} MiB are free", mebibytes(bytes), mebibytes(free))
    }
}
