use std::{fmt, time::Duration};

use session_core::SessionConfig;
use session_net::{Credentials, tls::Tls};

use crate::{
    BuildError, Schema, encryption,
    limits::LimitSettings,
    options::StoreOptions,
    protocol::{Sql, Table},
    schema::DEFAULT_TABLE,
    sweeping::Sweeping,
    url,
};

/// The settings of a store, checked when it is built. Building never connects, so a store can be built while its server is
/// down.
#[derive(Clone)]
#[must_use]
pub struct Builder {
    url: String,
    table: Option<String>,
    default_table: String,
    limits: LimitSettings,
    tls: Option<Tls>,
    credentials: Option<Credentials>,
    create_table: bool,
    sweeping: Option<Sweeping>,
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            table: None,
            default_table: DEFAULT_TABLE.to_owned(),
            limits: LimitSettings::default(),
            tls: None,
            credentials: None,
            create_table: false,
            sweeping: None,
        }
    }

    /// Takes what concerns the store from the configuration of the sessions: the table. One that the URL or
    /// [`table`](Self::table) names goes first.
    ///
    /// ```
    /// use session_core::SessionConfig;
    /// # #[cfg(feature = "tokio")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use session_mysql::MysqlStore;
    ///
    /// let config = SessionConfig::with(|settings| settings.table = "shop_sessions".to_owned())?;
    /// let store = MysqlStore::builder("mysql://shop:secret@127.0.0.1/shop").config(&config).build()?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "tokio"))]
    /// # fn main() {}
    /// ```
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
    ///
    /// ```
    /// # #[cfg(all(feature = "tokio", feature = "tls"))]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use session_mysql::{MysqlStore, tls::Tls};
    ///
    /// let tls = Tls::new().system_authorities().verify_as("db.example");
    /// let store = MysqlStore::builder("mysql://shop:secret@10.0.0.7/shop").tls(tls).build()?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(all(feature = "tokio", feature = "tls")))]
    /// # fn main() {}
    /// ```
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

    /// Builds the asynchronous store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    #[cfg(feature = "tokio")]
    pub fn build(self) -> Result<crate::MysqlStore, BuildError> {
        Ok(crate::MysqlStore::new(self.options("tls", cfg!(feature = "tls"))?))
    }

    /// Builds the blocking store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    #[cfg(feature = "blocking")]
    pub fn build_blocking(self) -> Result<crate::blocking::MysqlStore, BuildError> {
        Ok(crate::blocking::MysqlStore::new(self.blocking_options()?))
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn blocking_options(self) -> Result<StoreOptions, BuildError> {
        let options = self.options("tls-blocking", cfg!(feature = "tls-blocking"))?;
        if let Some(tls) = &options.tls {
            encryption::check_blocking(tls, &options.server.host)?;
        }
        Ok(options)
    }

    fn options(self, tls_feature: &'static str, has_tls: bool) -> Result<StoreOptions, BuildError> {
        if self.sweeping.is_some_and(|sweeping| sweeping.every.is_zero() || sweeping.batch == 0) {
            return Err(BuildError::Zero { field: "sweep_every" });
        }
        let url = url::parse(&self.url)?;
        let limits = self.limits.complete(url.limits)?;
        let tls = encryption::chosen(self.tls, url.tls)?;
        if tls.is_some() && !has_tls {
            return Err(BuildError::Feature { feature: tls_feature });
        }
        #[cfg(feature = "tls-blocking")]
        tls.as_ref().map(encryption::check).transpose()?;
        let table = Table::new(&self.table.or(url.table).unwrap_or(self.default_table))?;
        Ok(StoreOptions {
            server: url.server,
            credentials: self.credentials.map_or_else(|| url.login.credentials(), Ok)?,
            #[cfg(feature = "tls")]
            tls_files: tls.as_ref().map(encryption::files).transpose()?.unwrap_or_default(),
            #[cfg(any(feature = "blocking", feature = "tls"))]
            tls,
            sql: Sql::new(&table),
            schema: Schema::of(table),
            limits,
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
