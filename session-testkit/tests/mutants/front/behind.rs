//! What a defect may know of the store behind it, beyond its API.

use session_core::{
    id::{Family, StoreKey},
    store::Stored,
};

use crate::{record::Record, store::Mutant};

impl Mutant {
    pub(super) fn is_tombstone(&self, key: &StoreKey) -> bool {
        self.step(|records, now| records.live(now, key).is_some_and(|record| record.tombstone))
    }

    pub(super) fn is_broken(&self, key: &StoreKey) -> bool {
        self.step(|records, now| records.live(now, key).is_some_and(|record| record.broken))
    }

    pub(super) fn lost_its_index(&self, family: &Family) -> bool {
        self.step(|records, _| records.in_family(family).any(|(_, record)| !record.indexed))
    }

    pub(super) fn tombstones(&self, family: &Family) -> Vec<StoreKey> {
        let key = |digest| StoreKey { family: *family, digest };
        self.step(|records, now| {
            let theirs = records.in_family(family);
            let tombstones = theirs.filter(|(_, record)| record.tombstone && record.is_live(now));
            tombstones.map(|(digest, _)| key(digest)).collect()
        })
    }

    /// What is under the key, if its deadline has passed.
    pub(super) fn expired(&self, key: &StoreKey) -> Option<Stored> {
        self.step(|records, now| {
            let record = records.all.get(key).filter(|record| !record.is_live(now));
            record.map(|record| record.stored(now))
        })
    }

    /// Takes a record that cannot be read out of the family.
    pub(super) fn take_broken(&self, family: &Family) -> Option<(StoreKey, Record)> {
        self.step(|records, _| {
            let broken = records.all.iter().find(|(key, record)| key.family == *family && record.broken);
            let key = broken.map(|(key, _)| *key)?;
            records.all.remove_entry(&key)
        })
    }

    pub(super) fn put_back(&self, (key, record): (StoreKey, Record)) {
        self.step(|records, _| records.all.insert(key, record));
    }
}
