use std::{fmt, sync::Arc, time::Duration};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{
        Applied, BlockingStore, Cap, CommitOutcome, CreateOutcome, DeleteOutcome, Listed, Page, Revision,
        RotateOutcome, StoreError, StoreErrorKind, Stored, TouchOutcome, Write,
    },
};

use super::{Threads, poll_once};
use crate::{
    BuildError, Builder, Client, Dialect, Pool, StoreOptions,
    executor::execute,
    operations::{Commit, Create, Delete, List, Load, Operation, Revoke, Rotate, Sweep, Touch},
};

type Result<T> = std::result::Result<T, StoreError>;

/// A dialect with a client whose futures never wait.
pub trait Blocking: Dialect {
    /// The client.
    type Client: Client<Dialect = Self, Runtime = Threads>;
}

/// Sessions in a SQL database. Operations run on the calling thread, over a pool of connections. Cheap to clone.
pub struct SqlStore<D: Blocking> {
    pool: Arc<Pool<D::Client>>,
}

impl<D: Blocking> SqlStore<D> {
    /// Opens a store on the server at this URL, with the default settings; see the crate's page. Nothing is sent before the first
    /// operation. It knows no configuration, and so has the default table: [`builder`](Self::builder) and
    /// [`Builder::config`] take that of the application.
    ///
    /// # Errors
    /// [`BuildError`] if the URL is invalid.
    pub fn connect(url: &str) -> std::result::Result<Self, BuildError> {
        Self::builder(url).build_blocking()
    }

    /// Starts to build a store on the server at this URL.
    pub fn builder(url: &str) -> Builder<D> {
        Builder::new(url)
    }

    pub(crate) fn new(options: StoreOptions) -> std::result::Result<Self, BuildError> {
        let client = D::Client::new(&options)?;
        Ok(Self { pool: Arc::new(Pool::new(Arc::new(options), client)) })
    }

    fn run<O: Operation>(&self, operation: &O) -> Result<O::Outcome> {
        // The futures of such a client never wait.
        let waited = || StoreError::new(StoreErrorKind::Other, Applied::Unknown);
        poll_once(execute(&self.pool, operation)).unwrap_or_else(|| Err(waited()))
    }
}

impl<D: Blocking> Clone for SqlStore<D> {
    fn clone(&self) -> Self {
        Self { pool: Arc::clone(&self.pool) }
    }
}

impl<D: Blocking> BlockingStore for SqlStore<D> {
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

impl<D: Blocking> fmt::Debug for SqlStore<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(D::STORE).field("table", &self.pool.options.table).finish_non_exhaustive()
    }
}
