use std::sync::atomic::{AtomicUsize, Ordering};

use session_core::id::Family;

/// The two bounds of a store, and how much of each is used.
///
/// It has cache lines of its own, so that writers do not slow down readers of the fields beside it.
#[repr(align(128))]
pub(crate) struct Budget {
    entries: Gauge,
    bytes: Gauge,
}

/// The part of a [`Budget`] that some records use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Footprint {
    pub(crate) entries: usize,
    pub(crate) bytes: usize,
}

/// A write does not fit into the [`Budget`]; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoRoom {
    /// The setting whose bound would be exceeded.
    pub(crate) field: &'static str,
}

impl Budget {
    pub(crate) const fn new(max_entries: usize, max_bytes: usize) -> Self {
        Self { entries: Gauge::new("max_entries", max_entries), bytes: Gauge::new("max_bytes", max_bytes) }
    }

    pub(crate) const fn max(&self) -> Footprint {
        Footprint { entries: self.entries.max, bytes: self.bytes.max }
    }

    pub(crate) fn used(&self) -> Footprint {
        Footprint { entries: self.entries.used(), bytes: self.bytes.used() }
    }

    /// Replaces `old` by `new` in this family, or changes nothing. It reserves before it releases, so that the bounds are
    /// never exceeded.
    pub(crate) fn exchange(&self, family: Family, old: Footprint, new: Footprint) -> Result<(), NoRoom> {
        let more_entries = new.entries.saturating_sub(old.entries);
        self.entries.reserve(more_entries, family)?;
        self.bytes
            .reserve(new.bytes.saturating_sub(old.bytes), family)
            .inspect_err(|_| self.entries.release(more_entries))?;
        self.entries.release(old.entries.saturating_sub(new.entries));
        self.bytes.release(old.bytes.saturating_sub(new.bytes));
        Ok(())
    }

    pub(crate) fn release(&self, old: Footprint) {
        self.entries.release(old.entries);
        self.bytes.release(old.bytes);
    }
}

impl Footprint {
    /// Returns the footprint of one record with this data.
    pub(crate) const fn of(data: &[u8]) -> Self {
        Self { entries: 1, bytes: data.len() }
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            entries: self.entries.saturating_add(other.entries),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

struct Gauge {
    field: &'static str,
    max: usize,
    used: AtomicUsize,
}

// All accesses are relaxed: the counts order nothing, and the lock of its shard orders a record.
impl Gauge {
    const fn new(field: &'static str, max: usize) -> Self {
        Self { field, max, used: AtomicUsize::new(0) }
    }

    fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// A tenth is kept for owners, so that a flood of visitors does not keep them from signing in.
    fn reserve(&self, more: usize, family: Family) -> Result<(), NoRoom> {
        if more == 0 {
            return Ok(());
        }
        let max = if family.is_owned() { self.max } else { self.max - self.max / 10 };
        let mut used = self.used();
        loop {
            let sum = used.checked_add(more).filter(|sum| *sum <= max).ok_or(NoRoom { field: self.field })?;
            match self.used.compare_exchange_weak(used, sum, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(changed) => used = changed,
            }
        }
    }

    fn release(&self, less: usize) {
        if less > 0 {
            self.used.fetch_sub(less, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNED: Family = Family::from_bytes([0xff; 16]);
    const ANONYMOUS: Family = Family::from_bytes([0; 16]);

    const fn footprint(entries: usize, bytes: usize) -> Footprint {
        Footprint { entries, bytes }
    }

    #[test]
    fn what_does_not_fit_changes_nothing() {
        let budget = Budget::new(2, 10);
        budget.exchange(OWNED, Footprint::default(), footprint(1, 8)).unwrap();
        let error = budget.exchange(OWNED, Footprint::default(), footprint(1, 3));
        assert_eq!(error, Err(NoRoom { field: "max_bytes" }));
        let error = budget.exchange(OWNED, Footprint::default(), footprint(2, 0));
        assert_eq!(error, Err(NoRoom { field: "max_entries" }));
        let error = budget.exchange(OWNED, Footprint::default(), footprint(usize::MAX, usize::MAX));
        assert!(error.is_err());
        assert_eq!(budget.used(), footprint(1, 8));
    }

    #[test]
    fn an_exchange_needs_room_for_the_difference_only() {
        let budget = Budget::new(1, 10);
        budget.exchange(OWNED, Footprint::default(), footprint(1, 10)).unwrap();
        budget.exchange(OWNED, footprint(1, 10), footprint(1, 4)).unwrap();
        assert_eq!(budget.used(), footprint(1, 4));
        budget.exchange(OWNED, footprint(1, 4), footprint(1, 10)).unwrap();
        budget.release(footprint(1, 10));
        assert_eq!(budget.used(), Footprint::default());
    }

    #[test]
    fn a_tenth_is_kept_for_owners() {
        let budget = Budget::new(20, 100);
        budget.exchange(ANONYMOUS, Footprint::default(), footprint(18, 89)).unwrap();
        assert_eq!(
            budget.exchange(ANONYMOUS, footprint(1, 1), footprint(2, 1)).unwrap_err().field,
            "max_entries"
        );
        assert_eq!(
            budget.exchange(ANONYMOUS, footprint(1, 1), footprint(1, 3)).unwrap_err().field,
            "max_bytes"
        );
        budget.exchange(ANONYMOUS, footprint(1, 1), footprint(1, 2)).unwrap();
        budget.exchange(OWNED, Footprint::default(), footprint(2, 10)).unwrap();
        assert_eq!(budget.used(), footprint(20, 100));
    }
}
