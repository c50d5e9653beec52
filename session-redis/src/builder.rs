use std::{fmt, path::Path, time::Duration};

use session_core::{SessionConfig, store::check_prefix};

use crate::{
    BuildError,
    options::{Limits, StoreOptions},
    url,
};

/// The settings of a store, checked when it is built. Building never connects, so a store can be built while its server is
/// down.
#[derive(Clone)]
#[must_use]
pub struct Builder {
    url: String,
    prefix: String,
    authorities: Option<Vec<u8>>,
    limits: Limits,
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            prefix: "_alo_sess_".to_owned(),
            authorities: None,
            limits: Limits::default(),
        }
    }

    /// Takes what concerns the store from the configuration of the sessions: the [prefix](Self::prefix).
    ///
    /// ```
    /// use session_core::SessionConfig;
    /// # #[cfg(feature = "tokio")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use session_redis::RedisStore;
    ///
    /// let config = SessionConfig::with(|settings| settings.prefix = "shop_".to_owned())?;
    /// let store = RedisStore::builder("redis://127.0.0.1/").config(&config).build()?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "tokio"))]
    /// # fn main() {}
    /// ```
    pub fn config(self, config: &SessionConfig) -> Self {
        self.prefix(&*config.prefix)
    }

    /// What the names of all keys begin with: visible ASCII without braces, at most 255 bytes; `_alo_sess_` by default.
    /// Applications with different prefixes share a server and no session.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long to wait for a connection, 200 ms by default.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect_timeout = timeout;
        self
    }

    /// How long to wait for the reply to a request, 500 ms by default.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.limits.response_timeout = timeout;
        self
    }

    /// How long an operation may take in all, waiting for a connection included; one second by default.
    pub const fn budget(mut self, budget: Duration) -> Self {
        self.limits.budget = budget;
        self
    }

    /// How many connections the blocking store has to each server at most, 8 by default. The asynchronous store has a
    /// single multiplexed connection to each.
    pub const fn pool_size(mut self, connections: u32) -> Self {
        self.limits.pool_size = connections;
        self
    }

    /// The certificates of the authorities to trust, as PEM, instead of those that browsers trust. `?ca=/path/of.pem`
    /// in the URL does the same.
    pub fn authorities(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.authorities = Some(pem.into());
        self
    }

    /// Builds the asynchronous store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    #[cfg(feature = "tokio")]
    pub fn build(self) -> Result<crate::RedisStore, BuildError> {
        Ok(crate::RedisStore::new(self.options("tls", cfg!(feature = "tls"))?))
    }

    /// Builds the blocking store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    #[cfg(feature = "blocking")]
    pub fn build_blocking(self) -> Result<crate::blocking::RedisStore, BuildError> {
        let options = self.options("tls-blocking", cfg!(feature = "tls-blocking"))?;
        Ok(crate::blocking::RedisStore::new(options))
    }

    fn options(self, tls_feature: &'static str, has_tls: bool) -> Result<StoreOptions, BuildError> {
        check_prefix(&self.prefix).map_err(|reason| BuildError::Prefix { reason })?;
        self.limits.check()?;
        let endpoint = url::parse(&self.url)?;
        if endpoint.tls && !has_tls {
            return Err(BuildError::Feature { feature: tls_feature });
        }
        let authorities = match (self.authorities, &endpoint.ca) {
            (Some(pem), _) => Some(pem),
            (None, Some(path)) => Some(read(path)?),
            (None, None) => None,
        };
        let options = StoreOptions { endpoint, authorities, prefix: self.prefix, limits: self.limits };
        options.check_authorities()?;
        Ok(options)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, BuildError> {
    let reason = |error| format!("{}: {error}", path.display());
    std::fs::read(path).map_err(|error| BuildError::Authorities { reason: reason(error) })
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
