use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        AnyStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome,
        Store, StoreError, Stored, TouchOutcome, Write,
    },
};

/// Two faces over the same records: one writes, the other reads.
pub(crate) struct Cross {
    pub(crate) writes: AnyStore,
    pub(crate) reads: AnyStore,
}

impl Store for Cross {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        self.reads.load(key).await
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        self.writes.create(key, write, cap).await
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        self.writes.commit(key, expected, write).await
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        self.writes.touch(key, expected, ttl).await
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        self.writes.rotate(from, expected, to, write, tombstone).await
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        self.writes.delete(key, expected, tombstone).await
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        self.reads.list(family, page).await
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        self.writes.revoke(family, keep).await
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        self.writes.sweep(limit).await
    }
}
