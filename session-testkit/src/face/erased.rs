use std::{sync::Arc, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Revision, RotateOutcome, Store,
        StoreError, Stored, TouchOutcome, Write,
    },
};

use super::Face;
use crate::drive::block_on;

/// A face as a store again, so that wrappers for stores serve it too.
#[derive(Clone)]
pub(crate) struct Erased(pub(crate) Arc<dyn Face>);

impl Store for Erased {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        self.0.load(key).await
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        self.0.create(key, write, cap).await
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        self.0.commit(key, expected, write).await
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        self.0.touch(key, expected, ttl).await
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        self.0.rotate(from, expected, to, write, tombstone).await
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        self.0.delete(key, expected, tombstone).await
    }

    async fn list(&self, family: &Family) -> Result<Vec<(Digest, Stored)>, StoreError> {
        self.0.list(family).await
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        self.0.revoke(family, keep).await
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        self.0.sweep(limit).await
    }
}

/// Of a face that answers at once, as that of a blocking store does outside a runtime.
impl BlockingStore for Erased {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        block_on(self.0.load(key))
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        block_on(self.0.create(key, write, cap))
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        block_on(self.0.commit(key, expected, write))
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        block_on(self.0.touch(key, expected, ttl))
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        block_on(self.0.rotate(from, expected, to, write, tombstone))
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        block_on(self.0.delete(key, expected, tombstone))
    }

    fn list(&self, family: &Family) -> Result<Vec<(Digest, Stored)>, StoreError> {
        block_on(self.0.list(family))
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        block_on(self.0.revoke(family, keep))
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        block_on(self.0.sweep(limit))
    }
}
