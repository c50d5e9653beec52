//! The blocking API.

mod client;
mod connect;
mod connection;
mod pool;
mod server;
mod stream;

use std::{
    fmt,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

pub(crate) use client::ThreadClient;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};

use crate::{
    BuildError, Builder,
    executor::Executor,
    options::StoreOptions,
    process::OfProcess,
    protocol::{
        Keys, Reply, Request,
        errors::not_applied,
        operations::{self, Server},
        replies,
    },
};

/// Sessions in Redis, on the calling thread, over a pool of connections to each server. Cheap to clone.
#[derive(Clone)]
pub struct RedisStore {
    inner: Arc<Inner>,
}

struct Inner {
    keys: Keys,
    options: Arc<StoreOptions>,
    executor: OfProcess<Executor<ThreadClient>>,
}

impl Inner {
    fn executor(&self) -> &Executor<ThreadClient> {
        self.executor.get_or_make(&|| Executor::new(Arc::clone(&self.options), ThreadClient::new))
    }
}

impl RedisStore {
    /// The store at this URL; the [front page](crate) lists its forms. Nothing is sent before the first operation.
    /// It knows no configuration, and so has the default prefix: [`builder`](Self::builder) and
    /// [`Builder::config`](crate::Builder::config) take that of the application.
    ///
    /// # Errors
    /// [`BuildError`] if the URL is invalid, or needs a feature that is not compiled in.
    pub fn connect(url: &str) -> Result<Self, BuildError> {
        Self::builder(url).build_blocking()
    }

    /// A store with settings of its own.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn new(options: StoreOptions) -> Self {
        let (keys, options) = (Keys::new(options.prefix.clone()), Arc::new(options));
        let executor = OfProcess::new(Executor::new(Arc::clone(&options), ThreadClient::new));
        Self { inner: Arc::new(Inner { keys, options, executor }) }
    }
}

impl Server for RedisStore {
    fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    fn swaps(&self) -> bool {
        self.inner.executor().swaps()
    }

    async fn ask(&self, request: Request) -> Result<Reply, StoreError> {
        self.inner.executor().execute(request).await
    }
}

/// The result of work that waits on the calling thread, so that its future is ready at once.
fn ready<T>(work: impl Future<Output = T>) -> Option<T> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

pub(crate) fn at_once<T>(operation: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    ready(operation).unwrap_or_else(|| Err(StoreError::new(StoreErrorKind::Other, Applied::Unknown)))
}

impl BlockingStore for RedisStore {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>, StoreError> {
        let reply = at_once(self.ask(self.keys().load(key))).map_err(not_applied)?;
        if key.is_owned() { replies::loaded_owned(reply) } else { replies::loaded(reply) }
    }

    fn create(
        &self,
        key: &StoreKey,
        write: Write<'_>,
        cap: Option<Cap>,
    ) -> Result<CreateOutcome, StoreError> {
        at_once(operations::create(self, key, write, cap))
    }

    fn commit(
        &self,
        key: &StoreKey,
        expected: Revision,
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        at_once(operations::commit(self, key, expected, None, write))
    }

    fn commit_replacing(
        &self,
        key: &StoreKey,
        expected: Revision,
        replaced: &[u8],
        write: Write<'_>,
    ) -> Result<CommitOutcome, StoreError> {
        at_once(operations::commit(self, key, expected, Some(replaced), write))
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome, StoreError> {
        replies::touched(&at_once(self.ask(self.keys().touch(key, expected, ttl)))?)
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome, StoreError> {
        let request = self.keys().rotate(from, expected, to, write, tombstone)?;
        replies::rotated(from.is_owned(), at_once(self.ask(request))?)
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome, StoreError> {
        let reply = at_once(self.ask(self.keys().delete(key, expected, tombstone)))?;
        replies::deleted(key.is_owned(), reply)
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed, StoreError> {
        at_once(operations::list(self, family, page))
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64, StoreError> {
        at_once(operations::revoke(self, family, keep))
    }

    /// Redis removes expired records itself.
    fn sweep(&self, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("keys", self.keys()).finish_non_exhaustive()
    }
}
