use super::Step;
use crate::failure::Result;

pub(super) const SWEEP: &str = "\
    DELETE FROM session WHERE rowid IN \
    (SELECT rowid FROM session WHERE expires<=?1 ORDER BY expires LIMIT ?2)";

/// How many rows one step removes, so that the requests behind it wait for some milliseconds at most.
const MOST: u32 = 512;
/// How many free pages a sweep gives back to the disk.
const PAGES: u32 = 64;
/// Below so many free pages the file keeps them for what comes: 1 MiB.
const SPARE: i64 = 256;

impl Step<'_> {
    pub(crate) fn sweep(self, limit: u32) -> Result<u64> {
        let removed = self.execute(SWEEP, (self.now, limit.min(MOST)))?;
        if removed > 0 {
            self.shrink()?;
        }
        Ok(removed as u64)
    }

    /// Gives a part of the free pages back if they are most of the file.
    fn shrink(self) -> Result<()> {
        let number = |sql| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let free = number("PRAGMA freelist_count")?;
        if free > SPARE && free > number("PRAGMA page_count")? / 2 {
            let mut vacuum = self.connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
            let mut rows = vacuum.query([])?;
            // Each row is a page that was given back.
            while rows.next()?.is_some() {}
        }
        Ok(())
    }
}
