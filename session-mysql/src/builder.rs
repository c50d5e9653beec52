use std::{fmt, time::Duration};

#[cfg(feature = "tls")]
use crate::servers::server_address::Tls;
use crate::{
    Schema,
    options::Settings,
    protocol::{sql::Sql, table::Table},
    servers::server_address::Address,
    sweeping::Sweeping,
};

/// The settings of a store, validated when it is built. Building never connects: a store can be made while its server is
/// down.
#[derive(Clone)]
#[must_use]
pub struct Builder {
    url: String,
    table: Option<String>,
    connect_timeout: Duration,
    response_timeout: Duration,
    budget: Duration,
    pool_size: u32,
    create_table: bool,
    sweeping: Option<Sweeping>,
}

/// A setting that cannot work. It never shows the URL, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The URL is none of MySQL.
    #[error("the URL of the MySQL server cannot be read: {reason}")]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// The name cannot be a table's.
    #[error("`table` is `table` or `database.table`, of at most 64 letters, digits and `_` each")]
    Table,
    /// A time or size is zero.
    #[error("`{field}` is more than zero")]
    Zero {
        /// The setting.
        field: &'static str,
    },
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            table: None,
            connect_timeout: Duration::from_millis(200),
            response_timeout: Duration::from_millis(500),
            budget: Duration::from_secs(1),
            pool_size: 8,
            create_table: false,
            sweeping: None,
        }
    }

    /// The table, `table` or `database.table`, as in `SessionConfig::table`. Without it, the one that the URL names as
    /// `table=…`, else `alo_session`.
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = Some(table.into());
        self
    }

    /// Makes the table when an operation finds that it is missing; the account then needs the privilege `CREATE`. Off by
    /// default: a missing table is an error that says how to set it up.
    pub const fn create_table_if_missing(mut self) -> Self {
        self.create_table = true;
        self
    }

    /// Collects what has expired in the background, from the store's first operation until its last clone is dropped: every
    /// so often, in batches of at most so many rows until none is left. Several machines may do so at once. A failure is
    /// logged, and the next run goes on. Off by default: see the crate's page for the other ways.
    pub const fn sweep_every(mut self, interval: Duration, batch: u32) -> Self {
        self.sweeping = Some(Sweeping { every: interval, batch });
        self
    }

    /// How long to wait for a connection, 200 ms by default.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long to wait for the answer to a statement, 500 ms by default.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// How long an operation may take in all, waiting for a connection included; one second by default.
    pub const fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// How many connections the store has at most, 8 by default. They are made when they are needed and kept.
    pub const fn pool_size(mut self, connections: u32) -> Self {
        self.pool_size = connections;
        self
    }

    /// The asynchronous store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    #[cfg(feature = "aio")]
    pub fn build(self) -> Result<crate::MysqlStore, BuildError> {
        Ok(crate::MysqlStore::new(self.settings()?))
    }

    /// The blocking store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    #[cfg(feature = "blocking")]
    pub fn build_blocking(self) -> Result<crate::blocking::MysqlStore, BuildError> {
        Ok(crate::blocking::MysqlStore::new(self.settings()?))
    }

    pub(crate) fn settings(self) -> Result<Settings, BuildError> {
        let durations = [
            ("connect_timeout", self.connect_timeout),
            ("response_timeout", self.response_timeout),
            ("budget", self.budget),
        ];
        if let Some((field, _)) = durations.into_iter().find(|(_, duration)| duration.is_zero()) {
            return Err(BuildError::Zero { field });
        }
        if self.pool_size == 0 {
            return Err(BuildError::Zero { field: "pool_size" });
        }
        if self.sweeping.is_some_and(|sweeping| sweeping.every.is_zero() || sweeping.batch == 0) {
            return Err(BuildError::Zero { field: "sweep_every" });
        }
        let (address, named) = Address::parse(&self.url)?;
        #[cfg(feature = "tls")]
        if address.tls != Tls::Disabled {
            // Where several are linked in, TLS has none unless somebody chooses. One that was chosen stays.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let table = Table::new(self.table.or(named).as_deref().unwrap_or("alo_session"))?;
        Ok(Settings {
            address,
            sql: Sql::new(&table),
            schema: Schema::of(table.clone()),
            table,
            connect_timeout: self.connect_timeout,
            response_timeout: self.response_timeout,
            budget: self.budget,
            pool_size: self.pool_size,
            create_table: self.create_table,
            sweeping: self.sweeping,
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("table", &self.table).finish_non_exhaustive()
    }
}
