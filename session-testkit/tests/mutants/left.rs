use std::{collections::BTreeMap, time::Duration};

use session_core::id::{Family, StoreKey};

use crate::defect::Defect;

/// What a mutant remembers beside its records.
#[derive(Default)]
pub(crate) struct Left {
    /// Index entries, marks and rows for locks that nobody needs any more.
    things: BTreeMap<Family, u64>,
    /// When each family was revoked last, by the clock.
    revoked: BTreeMap<Family, Duration>,
    /// The highest stamp that a cap has ended, for each family.
    pub(crate) marks: BTreeMap<Family, u128>,
    pub(crate) has_swept: bool,
    /// The latest time that any operation has seen.
    pub(crate) latest: Duration,
}

impl Left {
    pub(crate) fn count(&self) -> u64 {
        self.things.values().sum()
    }

    pub(crate) fn created(&mut self, defect: Defect, family: &Family) {
        if defect == Defect::LockRowsStay && family.is_owned() {
            self.things.insert(*family, 1);
        }
    }

    pub(crate) fn deleted(&mut self, defect: Defect, family: &Family) {
        if defect == Defect::DeletedRowsStay {
            *self.things.entry(*family).or_default() += 1;
        }
    }

    pub(crate) fn revoked(&mut self, defect: Defect, family: &Family, now: Duration) {
        self.revoked.insert(*family, now);
        if defect == Defect::MarksStay {
            self.things.insert(*family, 1);
        }
    }

    /// Whether the mark of a revoke ends what is created at this time.
    pub(crate) fn is_revoked(&self, family: &Family, now: Duration) -> bool {
        self.revoked.get(family).is_some_and(|revoked| now < *revoked)
    }

    pub(crate) fn swept(&mut self, defect: Defect, keys: &[StoreKey], lives: impl Fn(&Family) -> bool) {
        self.has_swept |= !keys.is_empty();
        if matches!(defect, Defect::IndexEntriesStay | Defect::IndexGoesWithItsFamily) {
            for key in keys {
                *self.things.entry(key.family).or_default() += 1;
            }
        }
        if defect == Defect::IndexGoesWithItsFamily {
            self.things.retain(|family, _| lives(family));
        }
    }
}
