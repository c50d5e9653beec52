//! Eviction: an owner with too many sessions loses the oldest ones. Live sessions never end for want of memory.

use session_core::{
    id::Family,
    store::{Cap, OnFull},
};

use super::{key::Key, moment::Moment, shard::Shard};

impl Shard {
    /// Returns the sessions that must end so that the family can have one more, or `None` if the cap refuses it.
    pub(crate) fn evicted_by(&self, now: Moment, family: Family, cap: Option<Cap>) -> Option<Vec<Key>> {
        let Some(cap) = cap.filter(|_| family.is_owned()) else {
            return Some(Vec::new());
        };
        let max = usize::try_from(cap.max.get()).unwrap_or(usize::MAX);
        let excess = (self.sessions(now, family).count() + 1).saturating_sub(max);
        match cap.on_full {
            OnFull::Refuse if excess > 0 => None,
            _ => Some(self.sessions(now, family).map(|record| record.key).take(excess).collect()),
        }
    }
}
