use std::{fmt, sync::Arc, time::Duration};

use session_core::{SessionConfig, store::check_prefix};
use session_net::{Credentials, LimitSettings, tls::Tls};

use crate::{
    BuildError,
    options::{AddressMap, StoreOptions},
    retry::{LIMITS, MAX_IN_FLIGHT},
    url,
};

/// The settings of a store, checked when it is built. Building never connects, so a store can be built while its server is
/// down.
#[derive(Clone)]
#[must_use]
pub struct Builder {
    url: String,
    prefix: String,
    tls: Option<Tls>,
    credentials: Option<Credentials>,
    sentinel_credentials: Option<Credentials>,
    address_map: Option<Arc<AddressMap>>,
    limits: LimitSettings,
    max_in_flight: Option<u32>,
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            prefix: "_alo_sess_".to_owned(),
            tls: None,
            credentials: None,
            sentinel_credentials: None,
            address_map: None,
            limits: LimitSettings::default(),
            max_in_flight: None,
        }
    }

    /// Takes what concerns the store from the configuration of the sessions: the [prefix](Self::prefix).
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use alo_session::{RedisStore, SessionConfig};
    ///
    /// let config = SessionConfig::with(|settings| settings.prefix = "shop_".to_owned())?;
    /// let store = RedisStore::builder("redis://127.0.0.1/").config(&config).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn config(self, config: &SessionConfig) -> Self {
        self.prefix(&*config.prefix)
    }

    /// What the names of all keys begin with: visible ASCII without braces, at most 255 bytes; `_alo_sess_` by default.
    /// Applications with different prefixes share a server and no session.
    #[doc(alias("key_prefix", "namespace"))]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long the making of a connection may take, from the name of the server to the login; 500 ms by default. It goes on
    /// beside the requests, so it may be longer than the [budget](Self::budget).
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect_timeout = Some(timeout);
        self
    }

    /// How long to wait for the reply to a request, 500 ms by default.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.limits.response_timeout = Some(timeout);
        self
    }

    /// How long an operation may take in all, waiting for a connection included; one second by default.
    pub const fn budget(mut self, budget: Duration) -> Self {
        self.limits.budget = Some(budget);
        self
    }

    /// How many connections the blocking store has to each server at most, 8 by default. The asynchronous store has a
    /// single multiplexed connection to each.
    pub const fn pool_size(mut self, connections: u32) -> Self {
        self.limits.pool_size = Some(connections);
        self
    }

    /// How long a connection is used, 10 minutes by default, less up to a tenth at random. The connection that replaces it is
    /// made first. So a program follows a server that moves without closing connections, and uses changed credentials.
    pub const fn connection_lifetime(mut self, lifetime: Duration) -> Self {
        self.limits.connection_lifetime = Some(lifetime);
        self
    }

    /// How many requests of the asynchronous store may wait for replies on one connection, 10,000 by default. Further ones
    /// are refused at once as [`Overloaded`](session_core::store::StoreErrorKind::Overloaded).
    pub const fn max_in_flight(mut self, requests: u32) -> Self {
        self.max_in_flight = Some(requests);
        self
    }

    /// How to encrypt, for a URL with TLS. A URL may say the same with parameters; saying it in both places is an error.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use alo_session::{RedisStore, redis::tls::Tls};
    ///
    /// let tls = Tls::new().system_authorities().verify_as("redis.example");
    /// let store = RedisStore::builder("rediss://10.0.0.7/").tls(tls).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Where user and password come from, instead of the URL. They are asked for at each new connection. One that changes
    /// them must keep the old ones valid until each connection is a new one.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// The same for the sentinels, which have users of their own.
    pub fn sentinel_credentials(mut self, credentials: Credentials) -> Self {
        self.sentinel_credentials = Some(credentials);
        self
    }

    /// Where to connect to for what sentinels and clusters announce, if that cannot be reached from here (NAT, containers).
    /// The certificate must be for the host that this function returns. What the URL names is connected to as it is.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use alo_session::RedisStore;
    ///
    /// let store = RedisStore::builder("redis+cluster://redis.example:7000")
    ///     .map_address(|_, port| ("redis.example".to_owned(), port))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn map_address(mut self, map: impl Fn(&str, u16) -> (String, u16) + Send + Sync + 'static) -> Self {
        self.address_map = Some(Arc::new(map));
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
        Ok(crate::blocking::RedisStore::new(self.blocking_options()?))
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn blocking_options(self) -> Result<StoreOptions, BuildError> {
        self.options("tls-blocking", cfg!(feature = "tls-blocking"))
    }

    fn options(self, tls_feature: &'static str, has_tls: bool) -> Result<StoreOptions, BuildError> {
        check_prefix(&self.prefix).map_err(|reason| BuildError::Prefix { reason })?;
        let url = url::parse(&self.url)?;
        let limits = self.limits.complete(url.limits, LIMITS).map_err(|field| BuildError::Zero { field })?;
        let max_in_flight = self.max_in_flight.or(url.max_in_flight).unwrap_or(MAX_IN_FLIGHT);
        if max_in_flight == 0 {
            return Err(BuildError::Zero { field: "max_in_flight" });
        }
        let tls = encryption(self.tls, url.tls)?;
        if tls.is_some() && !has_tls {
            return Err(BuildError::Feature { feature: tls_feature });
        }
        #[cfg(feature = "tls-blocking")]
        let tls_client = tls.as_ref().map(Tls::build).transpose()?;
        Ok(StoreOptions {
            endpoint: url.endpoint,
            credentials: self.credentials.map_or_else(|| url::credentials(url.login), Ok)?,
            sentinel_credentials: self
                .sentinel_credentials
                .map_or_else(|| url::credentials(url.sentinel_login), Ok)?,
            #[cfg(feature = "tls-blocking")]
            tls_client,
            #[cfg(feature = "blocking")]
            tls,
            address_map: self.address_map,
            prefix: self.prefix,
            limits,
            #[cfg(feature = "tokio")]
            max_in_flight,
        })
    }
}

/// The settings of the program, unless the URL says something else.
fn encryption(program: Option<Tls>, url: Option<Tls>) -> Result<Option<Tls>, BuildError> {
    let invalid = |reason: &str| Err(BuildError::Url { reason: reason.to_owned() });
    match (program, url) {
        (Some(_), None) => {
            invalid("it means a plain connection, but the program has settings of TLS; write rediss://")
        }
        (Some(_), Some(url)) if url != Tls::new() => {
            invalid("it has parameters of TLS, and the program has settings of its own; only one of them may")
        }
        (program, url) => Ok(program.or(url)),
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
