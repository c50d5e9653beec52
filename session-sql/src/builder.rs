use std::{fmt, marker::PhantomData, time::Duration};

use session_core::SessionConfig;
use session_net::{Credentials, LimitSettings, tls::Tls};

use crate::{BuildError, Dialect, Sql, StoreOptions, Sweeping, Table, retry::LIMITS};

/// The name of the table unless another one is given.
pub const DEFAULT_TABLE: &str = "alo_session";

/// The settings of a store, checked when it is built. Building never connects, so a store can be built while its server is
/// down.
#[must_use]
#[derive(Clone)]
pub struct Builder<D: Dialect> {
    url: String,
    table: Option<String>,
    default_table: String,
    limits: LimitSettings,
    tls: Option<Tls>,
    credentials: Option<Credentials>,
    create_table: bool,
    sweeping: Option<Sweeping>,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Builder<D> {
    /// Starts to build a store on the server at this URL.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            table: None,
            default_table: DEFAULT_TABLE.to_owned(),
            limits: LimitSettings::default(),
            tls: None,
            credentials: None,
            create_table: false,
            sweeping: None,
            dialect: PhantomData,
        }
    }

    /// Takes what concerns the store from the configuration of the sessions: the table. One that the URL or
    /// [`table`](Self::table) names goes first.
    pub fn config(mut self, config: &SessionConfig) -> Self {
        config.table.clone_into(&mut self.default_table);
        self
    }

    /// The table, `table` or `database.table`. Without it, the one that the URL names as `table=…`, else that of the
    /// [configuration](Self::config), else `alo_session`.
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = Some(table.into());
        self
    }

    /// Creates the table when an operation finds that it is missing; the account then needs the privilege `CREATE`. Off by
    /// default: a missing table is an error that says how to create it.
    pub const fn create_table_if_missing(mut self) -> Self {
        self.create_table = true;
        self
    }

    /// Removes expired sessions in the background, from the store's first operation until its last clone is dropped: every
    /// `interval`, in batches of at most `batch` rows until none is left. When the runtime of the task ends, the next runtime
    /// that uses the store takes over. Several machines may do so at once. A failure is logged, and the next run continues.
    /// Off by default: see the crate's page for the other ways.
    pub const fn sweep_every(mut self, interval: Duration, batch: u32) -> Self {
        self.sweeping = Some(Sweeping { every: interval, batch });
        self
    }

    /// How long making a connection may take, with all its round trips; 5 seconds by default. It happens beside the
    /// operations, which wait for it no longer than their [budget](Self::budget).
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect_timeout = Some(timeout);
        self
    }

    /// How long to wait for the reply to a statement, 1.5 seconds by default. The server gives up a lock after half of it, in
    /// whole seconds and one at least: below one second, MySQL itself still waits when the client has given up.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.limits.response_timeout = Some(timeout);
        self
    }

    /// How long an operation may take in all, waiting for a connection included; two seconds by default.
    pub const fn budget(mut self, budget: Duration) -> Self {
        self.limits.budget = Some(budget);
        self
    }

    /// How many connections the store has at most, 8 by default. They are made when they are needed, and kept.
    pub const fn pool_size(mut self, connections: u32) -> Self {
        self.limits.pool_size = Some(connections);
        self
    }

    /// How long a connection is used, 10 minutes by default, and up to a tenth less so that not all end together. It must not
    /// be zero. The next connection may reach another server behind the same address.
    pub const fn connection_lifetime(mut self, lifetime: Duration) -> Self {
        self.limits.connection_lifetime = Some(lifetime);
        self
    }

    /// How to encrypt. Parameters of the URL may say the same; saying it in both places is an error.
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Where user and password come from, instead of the URL. They are asked for at each new connection. Whoever changes
    /// them must keep the old ones valid until each connection is a new one.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    pub fn options(self) -> Result<StoreOptions, BuildError> {
        if self.sweeping.is_some_and(|sweeping| sweeping.every.is_zero() || sweeping.batch == 0) {
            return Err(BuildError::Zero { field: "sweep_every" });
        }
        let url = D::parse(&self.url)?;
        if self.tls.is_some() && url.tls.is_some() {
            return Err(BuildError::url(
                "has parameters of TLS, and the program has settings of its own; only one of them may",
            ));
        }
        let limits = self.limits.complete(url.limits, LIMITS).map_err(|field| BuildError::Zero { field })?;
        let table = Table::new(&self.table.or(url.table).unwrap_or(self.default_table))?;
        Ok(StoreOptions {
            server: url.server,
            credentials: self.credentials.map_or_else(|| url.login.credentials(), Ok)?,
            tls: self.tls.or(url.tls),
            sql: Sql::new::<D>(&table),
            limits,
            create_table: self.create_table.then(|| D::create_missing_table(&table)),
            table,
            sweeping: self.sweeping,
        })
    }
}

#[cfg(feature = "tokio")]
impl<D: crate::nonblocking::Asynchronous> Builder<D> {
    /// Builds the asynchronous store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    pub fn build(self) -> Result<crate::nonblocking::SqlStore<D>, BuildError> {
        crate::SqlStore::new(self.options()?)
    }
}

#[cfg(feature = "blocking")]
impl<D: crate::blocking::Blocking> Builder<D> {
    /// Builds the blocking store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    pub fn build_blocking(self) -> Result<crate::blocking::SqlStore<D>, BuildError> {
        crate::SqlStore::new(self.options()?)
    }
}

impl<D: Dialect> fmt::Debug for Builder<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("table", &self.table).finish_non_exhaustive()
    }
}
