use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome,
        Store, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};
use session_memory::MemoryStore;

/// A store in memory that counts, that fails on demand, and that lets others run before it answers.
#[derive(Debug, Clone, Default)]
pub struct ProbeStore {
    inner: MemoryStore,
    switches: Arc<Switches>,
}

#[derive(Debug, Default)]
struct Switches {
    loads: AtomicUsize,
    writes: AtomicUsize,
    fail_loads: AtomicBool,
    fail_writes: AtomicBool,
}

impl ProbeStore {
    /// How many loads and how many other calls there were since the last time.
    pub fn calls(&self) -> (usize, usize) {
        let Switches { loads, writes, .. } = &*self.switches;
        (loads.swap(0, Ordering::SeqCst), writes.swap(0, Ordering::SeqCst))
    }

    pub fn fail_loads(&self, fail: bool) {
        self.switches.fail_loads.store(fail, Ordering::SeqCst);
    }

    pub fn fail_writes(&self, fail: bool) {
        self.switches.fail_writes.store(fail, Ordering::SeqCst);
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    async fn loading(&self) -> Result<(), StoreError> {
        self.switches.loads.fetch_add(1, Ordering::SeqCst);
        answer(&self.switches.fail_loads).await
    }

    async fn writing(&self) -> Result<(), StoreError> {
        self.switches.writes.fetch_add(1, Ordering::SeqCst);
        answer(&self.switches.fail_writes).await
    }
}

async fn answer(fails: &AtomicBool) -> Result<(), StoreError> {
    tokio::task::yield_now().await;
    match fails.load(Ordering::SeqCst) {
        true => {
            Err(StoreError::new(StoreErrorKind::Unavailable, Applied::No).with_source("10.0.0.7 is down"))
        }
        false => Ok(()),
    }
}

impl Store for ProbeStore {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        self.loading().await?;
        Store::load(&self.inner, key).await
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        self.writing().await?;
        Store::create(&self.inner, key, write, cap).await
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        self.writing().await?;
        Store::commit(&self.inner, key, expected, write).await
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        self.writing().await?;
        Store::touch(&self.inner, key, expected, ttl).await
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        self.writing().await?;
        Store::rotate(&self.inner, from, expected, to, write, tombstone).await
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        self.writing().await?;
        Store::delete(&self.inner, key, expected, tombstone).await
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        Store::list(&self.inner, family, page).await
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        Store::revoke(&self.inner, family, keep).await
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        Store::sweep(&self.inner, limit).await
    }
}
