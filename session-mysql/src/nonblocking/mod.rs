//! The asynchronous API.

mod client;
mod sweeper;
#[cfg(feature = "tls")]
mod tls;
mod wire;

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use client::TokioClient;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome, Store,
        StoreError, Stored, TouchOutcome, Write,
    },
};

use crate::{
    BuildError, Builder,
    executor::execute,
    options::StoreOptions,
    pool::Pool,
    protocol::operations::{Commit, Create, Delete, List, Load, Operation, Revoke, Rotate, Sweep, Touch},
};

type Result<T> = std::result::Result<T, StoreError>;

/// Sessions in MySQL or MariaDB, asynchronously on tokio over a pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct MysqlStore {
    pool: Arc<Pool<TokioClient>>,
}

impl MysqlStore {
    /// Opens a store on the server at this URL, with the default settings; see the crate's page. Nothing is sent before the first
    /// operation. It knows no configuration, and so has the default table: [`builder`](Self::builder) and
    /// [`Builder::config`](crate::Builder::config) take that of the application.
    ///
    /// # Errors
    /// [`BuildError`] if the URL is invalid.
    pub fn connect(url: &str) -> std::result::Result<Self, BuildError> {
        Self::builder(url).build()
    }

    /// Starts to build a store on the server at this URL.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn new(options: StoreOptions) -> Self {
        let client = TokioClient::new(&options);
        Self { pool: Arc::new(Pool::new(Arc::new(options), client)) }
    }

    /// Boxed, so that every future around a call is small. Allocators are quick up to a kilobyte.
    fn run<O: Operation + Send>(
        &self,
        operation: O,
    ) -> Pin<Box<impl Future<Output = Result<O::Outcome>> + Send>> {
        Box::pin(async move { execute(&self.pool, &operation).await })
    }
}

impl Store for MysqlStore {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>> {
        self.run(Load { key }).await
    }

    async fn create(&self, key: &StoreKey, write: Write<'_>, cap: Option<Cap>) -> Result<CreateOutcome> {
        self.run(Create { key, write, cap }).await
    }

    async fn commit(&self, key: &StoreKey, expected: Revision, write: Write<'_>) -> Result<CommitOutcome> {
        self.run(Commit { key, expected, write }).await
    }

    async fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome> {
        self.run(Touch { key, expected, ttl }).await
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome> {
        self.run(Rotate { from, expected, to, write, tombstone }).await
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome> {
        self.run(Delete { key, expected, tombstone }).await
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed> {
        self.run(List { family, page }).await
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64> {
        self.run(Revoke::new(family, keep)).await
    }

    async fn sweep(&self, limit: u32) -> Result<u64> {
        self.run(Sweep { limit }).await
    }
}

impl fmt::Debug for MysqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MysqlStore").field("table", self.pool.options.schema.table()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::mem::size_of_val;

    use super::*;

    #[test]
    fn a_call_is_small_and_its_box_too() {
        let store = MysqlStore::connect("mysql://localhost/d").unwrap();
        let key = &StoreKey { family: Family::from_bytes([1; 16]), digest: Digest::from_bytes([2; 32]) };
        let expected = Revision::from_bytes([3; 16]);
        let write = Write { next: expected, data: b"", ttl: Duration::from_secs(1) };
        let calls = [
            size_of_val(&store.load(key)),
            size_of_val(&store.create(key, write, None)),
            size_of_val(&store.commit(key, expected, write)),
            size_of_val(&store.touch(key, expected, write.ttl)),
            size_of_val(&store.rotate(key, expected, key, write, Some(write))),
            size_of_val(&store.delete(key, None, Some(write))),
            size_of_val(&store.list(&key.family, Page::default())),
            size_of_val(&store.revoke(&key.family, None)),
            size_of_val(&store.sweep(1)),
        ];
        assert!(calls.iter().all(|&size| size <= 200), "{calls:?}");
        let boxes = [
            size_of_val(&*store.run(Load { key })),
            size_of_val(&*store.run(Create { key, write, cap: None })),
            size_of_val(&*store.run(Commit { key, expected, write })),
            size_of_val(&*store.run(Touch { key, expected, ttl: write.ttl })),
        ];
        // The largest that the C library's allocator keeps at hand.
        assert!(boxes.iter().all(|&size| size <= 1032), "{boxes:?}");
    }
}
