use std::time::Duration;

use alo_session::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome, Store,
        StoreError, Stored, TouchOutcome, Write,
    },
};

/// A store whose loads take a while, as over a network, so that requests at the same moment do meet.
pub(crate) struct SlowStore<S>(pub(crate) S);

impl<S: Store> Store for SlowStore<S> {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let stored = Store::load(&self.0, key).await;
        tokio::time::sleep(Duration::from_millis(30)).await;
        stored
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        Store::create(&self.0, key, write, cap).await
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        Store::commit(&self.0, key, expected, write).await
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        Store::touch(&self.0, key, expected, ttl).await
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        Store::rotate(&self.0, from, expected, to, write, tombstone).await
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        Store::delete(&self.0, key, expected, tombstone).await
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        Store::list(&self.0, family, page).await
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        Store::revoke(&self.0, family, keep).await
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        Store::sweep(&self.0, limit).await
    }
}
