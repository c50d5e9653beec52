use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, Store, StoreError, Stored, TouchOutcome, Write,
    },
};

use crate::{
    defect::Defect,
    store::{Mutant, Records},
};

impl Store for Mutant {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        BlockingStore::load(self, key)
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        BlockingStore::create(self, key, write, cap)
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        BlockingStore::commit(self, key, expected, write)
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        BlockingStore::touch(self, key, expected, ttl)
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        if !self.is(Defect::RotateIsCancelledMidway) {
            return BlockingStore::rotate(self, from, expected, to, write, tombstone);
        }
        let whole = |records: &mut Records, now| {
            let ready = records.live(now, from).is_some_and(|record| record.revision == expected)
                && records.live(now, to).is_none();
            if ready { records.all.remove(from) } else { None }
        };
        let Some(taken) = self.step(whole) else {
            return BlockingStore::rotate(self, from, expected, to, write, tombstone);
        };
        tokio::task::yield_now().await;
        self.step(|records, _| records.all.insert(*from, taken));
        BlockingStore::rotate(self, from, expected, to, write, tombstone)
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        BlockingStore::delete(self, key, expected, tombstone)
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        BlockingStore::list(self, family, page)
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        BlockingStore::revoke(self, family, keep)
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        BlockingStore::sweep(self, limit)
    }
}
