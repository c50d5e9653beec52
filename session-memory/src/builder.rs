use std::fmt;

use super::{BuildError, Clock, MemoryStore, SystemClock};

/// The settings of a [`MemoryStore`].
///
/// ```
/// use alo_session::MemoryStore;
///
/// let store = MemoryStore::builder().max_entries(50_000).max_bytes(64 << 20).build()?;
/// assert!(store.is_empty());
///
/// let error = MemoryStore::builder().max_entries(0).build().unwrap_err();
/// assert_eq!(error.to_string(), "memory store: `max_entries` must be at least 1, not 0");
/// # Ok::<(), alo_session::memory::BuildError>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    pub(crate) max_entries: usize,
    pub(crate) max_bytes: usize,
    pub(crate) shards: usize,
    pub(crate) clock: Box<dyn Clock>,
}

impl Builder {
    const MAX_SHARDS: usize = 1 << 16;

    /// Sets the greatest number of records: sessions, the tombstones of rotations, and expired records that are not
    /// reclaimed yet. A tenth is kept for the sessions of owners. Must be at least 1. Default: 1,000,000.
    pub const fn max_entries(mut self, max_entries: usize) -> Self {
        self.max_entries = max_entries;
        self
    }

    /// Sets the greatest number of bytes that the data of all records may have together. The fixed cost of 180 to 270 bytes
    /// per record does not count. A tenth is kept for the sessions of owners. Must be at least 1. Default: 1 GiB.
    pub const fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Sets the number of independently locked parts of the store. All sessions of a family are in the same part. Must be
    /// from 1 to 65,536. Default: 64, enough for some dozens of cores.
    pub const fn shards(mut self, shards: usize) -> Self {
        self.shards = shards;
        self
    }

    /// Sets the clock that deadlines are measured with. Default: a [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Builds the store.
    ///
    /// # Errors
    /// [`BuildError`] with the name of the first setting that is out of its range.
    pub fn build(self) -> Result<MemoryStore, BuildError> {
        const POSITIVE: &str = "at least 1";
        within("max_entries", self.max_entries, usize::MAX, POSITIVE)?;
        within("max_bytes", self.max_bytes, usize::MAX, POSITIVE)?;
        within("shards", self.shards, Self::MAX_SHARDS, "from 1 to 65536")?;
        Ok(MemoryStore::with(self))
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self { max_entries: 1_000_000, max_bytes: 1 << 30, shards: 64, clock: Box::new(SystemClock::new()) }
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("max_entries", &self.max_entries)
            .field("max_bytes", &self.max_bytes)
            .field("shards", &self.shards)
            .finish_non_exhaustive()
    }
}

fn within(field: &'static str, found: usize, max: usize, allowed: &'static str) -> Result<(), BuildError> {
    if (1..=max).contains(&found) { Ok(()) } else { Err(BuildError { field, allowed, found }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_out_of_range_is_named() {
        let field = |builder: Builder| builder.build().unwrap_err().field();
        assert_eq!(field(MemoryStore::builder().max_entries(0)), "max_entries");
        assert_eq!(field(MemoryStore::builder().max_bytes(0)), "max_bytes");
        assert_eq!(field(MemoryStore::builder().shards(0)), "shards");
        assert_eq!(field(MemoryStore::builder().shards(65_537)), "shards");
    }

    #[test]
    fn the_largest_settings_build() {
        let builder = MemoryStore::builder().max_entries(usize::MAX).max_bytes(usize::MAX);
        assert!(builder.shards(65_536).build().is_ok());
    }
}
