use std::{pin::Pin, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision, RotateOutcome, Store,
        StoreError, Stored, TouchOutcome, Write,
    },
};

use super::{Tokio, together::together};
use crate::{
    Client, Dialect,
    executor::execute,
    operations::{
        Commit, Create, Delete, Insert, List, Load, Operation, Revoke, Rotate, Shared, Sweep, Together, Touch,
    },
    retry::SHORT,
};

type Result<T> = std::result::Result<T, StoreError>;

/// A dialect with an asynchronous client.
pub trait Asynchronous: Dialect {
    /// The client.
    type Client: Client<Dialect = Self, Runtime = Tokio>;
}

/// Sessions in a SQL database, asynchronously on tokio over a pool of connections.
pub type SqlStore<D> = crate::SqlStore<<D as Asynchronous>::Client>;

impl<C: Client<Runtime = Tokio>> crate::SqlStore<C> {
    /// The bytes of what each of five operations puts into its box, for the tests of the dialects.
    #[doc(hidden)]
    #[must_use]
    pub fn box_sizes(&self, key: &StoreKey, write: Write<'_>) -> [usize; 5] {
        [
            size_of_val(&*self.run_shared(Together::new(Load { key }, &self.pool.queues.loads))),
            size_of_val(
                &*self.run_shared(Together::new(Insert { key, write: &write }, &self.pool.queues.inserts)),
            ),
            size_of_val(&*self.run(Commit { key, expected: &write.next, write: &write })),
            size_of_val(&*self.run_shared(Together::new(
                Commit { key, expected: &write.next, write: &write },
                &self.pool.queues.commits,
            ))),
            size_of_val(&*self.run(Touch { key, expected: write.next, ttl: write.ttl })),
        ]
    }

    /// Boxed, so that every future around a call is small. Allocators are quick up to a kilobyte.
    fn run<O: Operation + Send>(
        &self,
        operation: O,
    ) -> Pin<Box<impl Future<Output = Result<O::Outcome>> + Send>> {
        Box::pin(async move { execute(&self.pool, &operation).await })
    }

    /// The same for an operation that may travel with others.
    fn run_shared<O: Shared + Send>(
        &self,
        operation: Together<'_, O>,
    ) -> Pin<Box<impl Future<Output = Result<O::Outcome>> + Send>> {
        Box::pin(async move { together(&self.pool, &operation).await })
    }
}

impl<C: Client<Runtime = Tokio>> Store for crate::SqlStore<C> {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>> {
        self.run_shared(Together::new(Load { key }, &self.pool.queues.loads)).await
    }

    async fn create(&self, key: &StoreKey, write: Write<'_>, cap: Option<Cap>) -> Result<CreateOutcome> {
        if key.is_owned() || write.data.len() > SHORT {
            return self.run(Create { key, write, cap }).await;
        }
        self.run_shared(Together::new(Insert { key, write: &write }, &self.pool.queues.inserts)).await
    }

    async fn commit(&self, key: &StoreKey, expected: Revision, write: Write<'_>) -> Result<CommitOutcome> {
        let commit = Commit { key, expected: &expected, write: &write };
        if key.is_owned() || write.data.len() > SHORT || !self.pool.options.sql.commits_together() {
            return self.run(commit).await;
        }
        self.run_shared(Together::new(commit, &self.pool.queues.commits)).await
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
