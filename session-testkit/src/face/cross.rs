use std::{sync::Arc, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, Stored, TouchOutcome,
        Write,
    },
};

use super::{Answer, Face};

/// Two faces over the same records: one writes, the other reads.
pub(crate) struct Cross {
    pub(crate) writes: Arc<dyn Face>,
    pub(crate) reads: Arc<dyn Face>,
}

impl Face for Cross {
    fn load<'a>(&'a self, key: &'a StoreKey) -> Answer<'a, Option<Stored>> {
        self.reads.load(key)
    }

    fn create<'a>(
        &'a self,
        key: &'a StoreKey,
        write: Write<'a>,
        cap: Option<Cap>,
    ) -> Answer<'a, CreateOutcome> {
        self.writes.create(key, write, cap)
    }

    fn commit<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Revision,
        write: Write<'a>,
    ) -> Answer<'a, CommitOutcome> {
        self.writes.commit(key, expected, write)
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expected: Revision, ttl: Duration) -> Answer<'a, TouchOutcome> {
        self.writes.touch(key, expected, ttl)
    }

    fn rotate<'a>(
        &'a self,
        from: &'a StoreKey,
        expected: Revision,
        to: &'a StoreKey,
        write: Write<'a>,
        tombstone: Option<Write<'a>>,
    ) -> Answer<'a, RotateOutcome> {
        self.writes.rotate(from, expected, to, write, tombstone)
    }

    fn delete<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'a>>,
    ) -> Answer<'a, DeleteOutcome> {
        self.writes.delete(key, expected, tombstone)
    }

    fn list<'a>(&'a self, family: &'a Family) -> Answer<'a, Vec<(Digest, Stored)>> {
        self.reads.list(family)
    }

    fn revoke<'a>(&'a self, family: &'a Family, keep: Option<&'a Digest>) -> Answer<'a, u64> {
        self.writes.revoke(family, keep)
    }

    fn sweep(&self, limit: u32) -> Answer<'_, u64> {
        self.writes.sweep(limit)
    }
}
