use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        AnyStore, BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, Store, StoreError, Stored, TouchOutcome, Write,
    },
};

use crate::drive::block_on;

/// A store that answers at once, as [`Blocking`](super::Blocking) does outside a runtime, with the synchronous face again.
pub(crate) struct AtOnce(pub(crate) AnyStore);

impl BlockingStore for AtOnce {
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

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        block_on(self.0.list(family, page))
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        block_on(self.0.revoke(family, keep))
    }

    fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        block_on(self.0.sweep(limit))
    }
}
