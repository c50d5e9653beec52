use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use super::{
    Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome, Store,
    StoreError, Stored, TouchOutcome, Write,
};
use crate::id::{Digest, Family, StoreKey};

/// A store whose kind is chosen when the program runs, from its configuration. Cheap to clone.
///
/// Each operation costs one allocation more than the store's own. For the synchronous face a
/// `Box<dyn BlockingStore>` is such a store already.
///
/// ```
/// use session_core::{SessionConfig, Sessions, store::{AnyStore, Store}};
///
/// fn chosen(in_memory: bool, memory: impl Store, redis: impl Store) -> Sessions<AnyStore> {
///     let store = if in_memory { AnyStore::new(memory) } else { AnyStore::new(redis) };
///     Sessions::new(store, SessionConfig::default())
/// }
/// ```
#[derive(Clone)]
pub struct AnyStore(Arc<dyn Erased>);

impl AnyStore {
    /// This store, its type forgotten.
    #[must_use]
    pub fn new(store: impl Store) -> Self {
        Self(Arc::new(store))
    }
}

impl fmt::Debug for AnyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyStore").finish_non_exhaustive()
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// [`Store`] in the shape of an object.
trait Erased: Send + Sync {
    fn load<'a>(&'a self, key: &'a StoreKey) -> Answer<'a, Option<Stored>>;

    fn create<'a>(
        &'a self,
        key: &'a StoreKey,
        write: Write<'a>,
        cap: Option<Cap>,
    ) -> Answer<'a, CreateOutcome>;

    fn commit<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Revision,
        write: Write<'a>,
    ) -> Answer<'a, CommitOutcome>;

    fn touch<'a>(&'a self, key: &'a StoreKey, expected: Revision, ttl: Duration) -> Answer<'a, TouchOutcome>;

    fn rotate<'a>(
        &'a self,
        from: &'a StoreKey,
        expected: Revision,
        to: &'a StoreKey,
        write: Write<'a>,
        tombstone: Option<Write<'a>>,
    ) -> Answer<'a, RotateOutcome>;

    fn delete<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'a>>,
    ) -> Answer<'a, DeleteOutcome>;

    fn list<'a>(&'a self, family: &'a Family, page: Page) -> Answer<'a, Listed>;

    fn revoke<'a>(&'a self, family: &'a Family, keep: Option<&'a Digest>) -> Answer<'a, u64>;

    fn sweep(&self, limit: u32) -> Answer<'_, u64>;
}

impl<S: Store> Erased for S {
    fn load<'a>(&'a self, key: &'a StoreKey) -> Answer<'a, Option<Stored>> {
        Box::pin(Store::load(self, key))
    }

    fn create<'a>(
        &'a self,
        key: &'a StoreKey,
        write: Write<'a>,
        cap: Option<Cap>,
    ) -> Answer<'a, CreateOutcome> {
        Box::pin(Store::create(self, key, write, cap))
    }

    fn commit<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Revision,
        write: Write<'a>,
    ) -> Answer<'a, CommitOutcome> {
        Box::pin(Store::commit(self, key, expected, write))
    }

    fn touch<'a>(&'a self, key: &'a StoreKey, expected: Revision, ttl: Duration) -> Answer<'a, TouchOutcome> {
        Box::pin(Store::touch(self, key, expected, ttl))
    }

    fn rotate<'a>(
        &'a self,
        from: &'a StoreKey,
        expected: Revision,
        to: &'a StoreKey,
        write: Write<'a>,
        tombstone: Option<Write<'a>>,
    ) -> Answer<'a, RotateOutcome> {
        Box::pin(Store::rotate(self, from, expected, to, write, tombstone))
    }

    fn delete<'a>(
        &'a self,
        key: &'a StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'a>>,
    ) -> Answer<'a, DeleteOutcome> {
        Box::pin(Store::delete(self, key, expected, tombstone))
    }

    fn list<'a>(&'a self, family: &'a Family, page: Page) -> Answer<'a, Listed> {
        Box::pin(Store::list(self, family, page))
    }

    fn revoke<'a>(&'a self, family: &'a Family, keep: Option<&'a Digest>) -> Answer<'a, u64> {
        Box::pin(Store::revoke(self, family, keep))
    }

    fn sweep(&self, limit: u32) -> Answer<'_, u64> {
        Box::pin(Store::sweep(self, limit))
    }
}

impl Store for AnyStore {
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

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        self.0.list(family, page).await
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        self.0.revoke(family, keep).await
    }

    async fn sweep(&self, limit: u32) -> Result<u64, StoreError> {
        self.0.sweep(limit).await
    }
}
