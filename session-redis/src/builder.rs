use std::{fmt, path::Path, time::Duration};

use crate::{options::Settings, url::Location};

/// The settings of a store, validated when it is built. Building never connects: a store can be made while its server is
/// down.
#[derive(Clone)]
#[must_use]
pub struct Builder {
    url: String,
    prefix: String,
    connect_timeout: Duration,
    response_timeout: Duration,
    budget: Duration,
    pool_size: u32,
    ca: Option<Vec<u8>>,
}

/// A setting that cannot work. It never shows the URL, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The URL is none of Redis.
    #[error("the URL of the Redis server cannot be read: {reason}")]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// The URL asks for something that was not compiled in.
    #[error("the URL of the Redis server needs the feature `{feature}` of session-redis")]
    Feature {
        /// The feature.
        feature: &'static str,
    },
    /// The certificates of the authorities to trust cannot be read.
    #[error("the certificates of the authorities cannot be read: {reason}")]
    Authorities {
        /// What is wrong with them.
        reason: String,
    },
    /// The prefix cannot be part of a key's name.
    #[error("`prefix` is visible ASCII without braces, at most 255 bytes")]
    Prefix,
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
            prefix: "_alo_sess_".to_owned(),
            connect_timeout: Duration::from_millis(200),
            response_timeout: Duration::from_millis(500),
            budget: Duration::from_secs(1),
            pool_size: 8,
            ca: None,
        }
    }

    /// What the names of all keys begin with, `_alo_sess_` by default, as in `SessionConfig::prefix`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long to wait for a connection, 200 ms by default.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long to wait for an answer, 500 ms by default.
    pub const fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// How long an operation may take in all, connecting included; one second by default.
    pub const fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// How many connections the blocking store has to each server at most, 8 by default. The asynchronous one has a
    /// single multiplexed connection to each.
    pub const fn pool_size(mut self, connections: u32) -> Self {
        self.pool_size = connections;
        self
    }

    /// The certificates of the authorities to trust, as PEM, instead of those that browsers trust. `?ca=/path/of.pem`
    /// in the URL does the same.
    pub fn authorities(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca = Some(pem.into());
        self
    }

    /// The asynchronous store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    #[cfg(feature = "tokio")]
    pub fn build(self) -> Result<crate::RedisStore, BuildError> {
        let settings = self.settings()?;
        if settings.location.tls && !cfg!(feature = "tls") {
            return Err(BuildError::Feature { feature: "tls" });
        }
        Ok(crate::RedisStore::new(settings))
    }

    /// The blocking store.
    ///
    /// # Errors
    /// [`BuildError`] if a setting cannot work.
    #[cfg(feature = "blocking")]
    pub fn build_blocking(self) -> Result<crate::blocking::RedisStore, BuildError> {
        Ok(crate::blocking::RedisStore::new(self.settings()?))
    }

    fn settings(self) -> Result<Settings, BuildError> {
        let visible = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'{' | b'}');
        if self.prefix.len() > 255 || !self.prefix.bytes().all(visible) {
            return Err(BuildError::Prefix);
        }
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
        let location = Location::parse(&self.url)?;
        let authorities = match (self.ca, &location.ca) {
            (Some(pem), _) => Some(pem),
            (None, Some(path)) => Some(read(path)?),
            (None, None) => None,
        };
        if authorities.as_ref().is_some_and(|pem| !pem.windows(BEGIN.len()).any(|part| part == BEGIN)) {
            return Err(BuildError::Authorities { reason: "there is no certificate among them".to_owned() });
        }
        let settings = Settings {
            location,
            authorities,
            prefix: self.prefix,
            connect_timeout: self.connect_timeout,
            response_timeout: self.response_timeout,
            budget: self.budget,
            pool_size: self.pool_size,
        };
        settings.check_authorities()?;
        Ok(settings)
    }
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

fn read(path: &Path) -> Result<Vec<u8>, BuildError> {
    let reason = |error| format!("{}: {error}", path.display());
    std::fs::read(path).map_err(|error| BuildError::Authorities { reason: reason(error) })
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
