//! What an operator does with a file: look at it, count and remove.

use std::{fmt, path::Path};

use rusqlite::Row;
use session_core::{
    id::Family,
    store::{Applied, StoreError},
};

use crate::{BuildError, Builder, database::Database, failure, operations::Step, options::Options};

/// A file for an operator, which is never created.
#[derive(Debug)]
pub struct Maintenance {
    options: Options,
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
    COUNT(*) FILTER (WHERE expires<=?1), page_count*page_size, freelist_count*page_size \
    FROM pragma_page_size, pragma_page_count, pragma_freelist_count LEFT JOIN session";
const OWNERS: &str =
    "SELECT DISTINCT family FROM session WHERE age IS NOT NULL AND family>?1 ORDER BY family LIMIT 1000";

impl Maintenance {
    /// Names the file at the URL of a store.
    ///
    /// # Errors
    /// [`BuildError`] if the URL is invalid, or there is no file.
    pub fn open(url: &str) -> Result<Self, BuildError> {
        let options = Builder::new(url).options()?;
        if !options.path.exists() {
            let reason =
                "there is no file yet: the first operation of the application creates it, for its own user";
            return Err(BuildError::Path { path: options.path, reason: reason.to_owned() });
        }
        Ok(Self { options: Options { may_create: false.into(), ..options } })
    }

    /// Returns the absolute path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.options.path
    }

    /// Reads the whole file, and returns what is damaged in it: nothing, if all is well.
    ///
    /// # Errors
    /// [`StoreError`] if this release cannot use the file.
    pub fn check(&self) -> Result<Vec<String>, StoreError> {
        let check = "PRAGMA integrity_check(10)";
        let mut found = self.with(|step| step.rows(check, [], |row| Ok(row.get::<_, String>(0)?)))?;
        found.retain(|line| line != "ok");
        Ok(found)
    }

    /// Counts; reads the whole table.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn stats(&self) -> Result<Stats, StoreError> {
        let number = |row: &Row<'_>, column| row.get::<_, i64>(column).map(i64::cast_unsigned);
        let read = |row: &Row<'_>| {
            let [live, owned, expired] = [number(row, 0)?, number(row, 1)?, number(row, 2)?];
            Ok(Stats { live, owned, expired, bytes: number(row, 3)?, free: number(row, 4)? })
        };
        self.with(|step| Ok(step.connection.query_row(STATS, [step.now], read)?))
    }

    /// Removes what has expired, a few hundred rows at a time, so that the application gets its turn. Tells how many are gone.
    ///
    /// # Errors
    /// As [`check`](Self::check); what was removed before is gone.
    pub fn collect(&self, mut progress: impl FnMut(u64)) -> Result<u64, StoreError> {
        self.with(|step| {
            let mut removed = 0;
            loop {
                let more = step.sweep(u32::MAX)?;
                removed += more;
                progress(removed);
                if more == 0 {
                    return Ok(removed);
                }
            }
        })
    }

    /// Returns the next families of owners who have sessions.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn owners_after(&self, last: Option<Family>) -> Result<Vec<Family>, StoreError> {
        let last = last.as_ref().map_or(&[][..], |last| last.as_bytes());
        self.with(|step| step.rows(OWNERS, [last], |row| Ok(Family::from_bytes(row.get(0)?))))
    }

    fn with<T>(&self, run: impl FnOnce(Step<'_>) -> failure::Result<T>) -> Result<T, StoreError> {
        let database = Database::open(&self.options);
        let done = database.and_then(|database| run(Step::new(&database, self.options.now())));
        done.map_err(|failure| failure.error(Applied::No))
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
