use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use session_core::{
    id::{Family, StoreKey},
    store::{Cursor, Listed, Revision, Stored},
};

/// What an instance remembers by itself.
#[derive(Default)]
pub(super) struct Memory {
    /// What was loaded, and when.
    pub(super) loaded: BTreeMap<StoreKey, (Duration, Stored)>,
    pub(super) absent: BTreeSet<StoreKey>,
    pub(super) listed: BTreeMap<(Family, Option<Cursor>, u32), (Duration, Listed)>,
    /// The keys of the sessions that this instance created or rotated.
    pub(super) made: BTreeSet<StoreKey>,
    pub(super) position: u64,
    pub(super) attempts: BTreeSet<Revision>,
    pub(super) due: BTreeMap<StoreKey, Duration>,
    /// The deadlines that are not written yet.
    pub(super) touched: BTreeMap<StoreKey, (Revision, Duration)>,
}

impl Memory {
    /// Forgets what was read.
    pub(super) fn clear(&mut self) {
        self.loaded.clear();
        self.listed.clear();
    }
}

/// What is left of a record after this time.
pub(super) fn aged(mut stored: Stored, age: Duration) -> Option<Stored> {
    stored.remaining = stored.remaining.checked_sub(age).filter(|left| !left.is_zero())?;
    Some(stored)
}
