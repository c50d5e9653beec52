//! The asynchronous API.

mod client;
mod connect;
mod connection;
mod node;
mod nodes;
mod request_queue;
#[cfg(test)]
mod tests;
#[cfg(feature = "tls")]
mod tls;
mod wire;

use std::{fmt, sync::Arc, time::Duration};

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
    executor::Executor,
    options::StoreOptions,
    protocol::{
        Keys, Reply, Request,
        errors::not_applied,
        operations::{self, Server},
        replies,
    },
};

/// Sessions in Redis, asynchronously on tokio over one multiplexed connection to each server. Cheap to clone.
#[derive(Clone)]
pub struct RedisStore {
    inner: Arc<Inner>,
}

struct Inner {
    keys: Keys,
    executor: Executor<TokioClient>,
}

impl RedisStore {
    /// The store at this URL; the [front page](crate) lists its forms. Nothing is sent before the first operation.
    /// It knows no configuration, and so has the default prefix: [`builder`](Self::builder) and
    /// [`Builder::config`](crate::Builder::config) take that of the application.
    ///
    /// # Errors
    /// [`BuildError`] if the URL is invalid, or needs a feature that is not compiled in.
    pub fn connect(url: &str) -> Result<Self, BuildError> {
        Self::builder(url).build()
    }

    /// A store with settings of its own.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn new(options: StoreOptions) -> Self {
        let keys = Keys::new(options.prefix.clone());
        let executor = Executor::new(Arc::new(options), TokioClient::new);
        Self { inner: Arc::new(Inner { keys, executor }) }
    }
}

impl Server for RedisStore {
    fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    fn swaps(&self) -> bool {
        self.inner.executor.swaps()
    }

    /// Boxed, so that every future around a call is small. Allocators are quick up to a kilobyte.
    fn ask(&self, request: Request) -> impl Future<Output = Result<Reply, StoreError>> + Send {
        Box::pin(self.inner.executor.execute(request))
    }
}

impl Store for RedisStore {
    async fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let reply = self.ask(self.keys().load(key)).await.map_err(not_applied)?;
        if key.is_owned() { replies::loaded_owned(reply) } else { replies::loaded(reply) }
    }

    async fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        operations::create(self, key, write, cap).await
    }

    async fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        operations::commit(self, key, expected, None, write).await
    }

    async fn commit_replacing(
        &self,
        key: &StoreKey,
        expected: Revision,
        replaced: &[u8],
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        operations::commit(self, key, expected, Some(replaced), write).await
    }

    async fn touch(
        &self,
        key: &StoreKey,
        expected: Revision,
        ttl: Duration,
    ) -> Result<TouchOutcome, StoreError> {
        replies::touched(&self.ask(self.keys().touch(key, expected, ttl)).await?)
    }

    async fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        let request = self.keys().rotate(from, expected, to, write, tombstone)?;
        replies::rotated(from.is_owned(), self.ask(request).await?)
    }

    async fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        let reply = self.ask(self.keys().delete(key, expected, tombstone)).await?;
        replies::deleted(key.is_owned(), reply)
    }

    async fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        operations::list(self, family, page).await
    }

    async fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        operations::revoke(self, family, keep).await
    }

    /// Redis removes expired records itself.
    async fn sweep(&self, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("keys", self.keys()).finish_non_exhaustive()
    }
}
