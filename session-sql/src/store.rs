use std::{fmt, sync::Arc};

use crate::{BuildError, Builder, Client, Dialect, Pool, StoreOptions};

/// Sessions in a SQL database, over a pool of connections. Cheap to clone. It is a [`Store`](session_core::store::Store) if its
/// client waits on tokio, and a [`BlockingStore`](session_core::store::BlockingStore) if it waits on the calling thread.
pub struct SqlStore<C: Client> {
    pub(crate) pool: Arc<Pool<C>>,
}

impl<C: Client> SqlStore<C> {
    /// Opens a store on the server at this URL, with the default settings; see the crate's page. Nothing is sent before the first
    /// operation. It knows no configuration, and so has the default table: [`builder`](Self::builder) and
    /// [`Builder::config`] take that of the application.
    ///
    /// # Errors
    /// [`BuildError`] if the URL is invalid.
    pub fn connect(url: &str) -> Result<Self, BuildError> {
        Self::new(Self::builder(url).options()?)
    }

    /// Starts to build a store on the server at this URL.
    pub fn builder(url: &str) -> Builder<C::Dialect> {
        Builder::new(url)
    }

    pub(crate) fn new(options: StoreOptions) -> Result<Self, BuildError> {
        let client = C::new(&options)?;
        Ok(Self { pool: Arc::new(Pool::new(Arc::new(options), client)) })
    }
}

impl<C: Client> Clone for SqlStore<C> {
    fn clone(&self) -> Self {
        Self { pool: Arc::clone(&self.pool) }
    }
}

impl<C: Client> fmt::Debug for SqlStore<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(C::Dialect::STORE).field("table", &self.pool.options.table).finish_non_exhaustive()
    }
}
