//! The blocking API.

mod client;
mod reach;
mod sweeper;
mod tls;
mod wire;

use std::{
    fmt,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

pub(crate) use client::Connection;
use client::ThreadClient;
use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};
pub(crate) use wire::{connect_without_timeouts, error_kind, exchange};

use crate::{
    BuildError, Builder,
    executor::execute,
    options::StoreOptions,
    pool::Pool,
    protocol::operations::{Commit, Create, Delete, List, Load, Operation, Revoke, Rotate, Sweep, Touch},
};

type Result<T> = std::result::Result<T, StoreError>;

/// Sessions in MySQL or MariaDB. Operations run on the calling thread, over a pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct MysqlStore {
    pool: Arc<Pool<ThreadClient>>,
}

impl MysqlStore {
    /// Opens a store on the server at this URL, with the default settings; see the crate's page. Nothing is sent before the first
    /// operation. It knows no configuration, and so has the default table: [`builder`](Self::builder) and
    /// [`Builder::config`](crate::Builder::config) take that of the application.
    ///
    /// # Errors
    /// [`BuildError`] if the URL is invalid.
    pub fn connect(url: &str) -> std::result::Result<Self, BuildError> {
        Self::builder(url).build_blocking()
    }

    /// Starts to build a store on the server at this URL.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn new(options: StoreOptions) -> Self {
        let client = ThreadClient::new(&options);
        Self { pool: Arc::new(Pool::new(Arc::new(options), client)) }
    }

    fn run<O: Operation>(&self, operation: &O) -> Result<O::Outcome> {
        poll_once(execute(&self.pool, operation)).unwrap_or_else(|| Err(waited()))
    }
}

impl BlockingStore for MysqlStore {
    fn load(&self, key: &StoreKey) -> Result<Option<Stored>> {
        self.run(&Load { key })
    }

    fn create(&self, key: &StoreKey, write: Write<'_>, cap: Option<Cap>) -> Result<CreateOutcome> {
        self.run(&Create { key, write, cap })
    }

    fn commit(&self, key: &StoreKey, expected: Revision, write: Write<'_>) -> Result<CommitOutcome> {
        self.run(&Commit { key, expected, write })
    }

    fn touch(&self, key: &StoreKey, expected: Revision, ttl: Duration) -> Result<TouchOutcome> {
        self.run(&Touch { key, expected, ttl })
    }

    fn rotate(
        &self,
        from: &StoreKey,
        expected: Revision,
        to: &StoreKey,
        write: Write<'_>,
        tombstone: Option<Write<'_>>,
    ) -> Result<RotateOutcome> {
        self.run(&Rotate { from, expected, to, write, tombstone })
    }

    fn delete(
        &self,
        key: &StoreKey,
        expected: Option<Revision>,
        tombstone: Option<Write<'_>>,
    ) -> Result<DeleteOutcome> {
        self.run(&Delete { key, expected, tombstone })
    }

    fn list(&self, family: &Family, page: Page) -> Result<Listed> {
        self.run(&List { family, page })
    }

    fn revoke(&self, family: &Family, keep: Option<&Digest>) -> Result<u64> {
        self.run(&Revoke::new(family, keep))
    }

    fn sweep(&self, limit: u32) -> Result<u64> {
        self.run(&Sweep { limit })
    }
}

impl fmt::Debug for MysqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MysqlStore").field("table", self.pool.options.schema.table()).finish_non_exhaustive()
    }
}

/// The error of a future that waited, which those of this client never do.
pub(crate) fn waited() -> StoreError {
    StoreError::new(StoreErrorKind::Other, Applied::Unknown)
}

/// The output of a future that never waits.
pub(crate) fn poll_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
