use std::{num::NonZeroU32, time::Duration};

use super::{
    Codec, ConfigError, FingerprintProperty, OnMismatch, OnReuse, SameSite, SessionConfig, error::Problems,
    secret::Secret, settings::Settings,
};
use crate::{
    id::Algorithm,
    store::{Cap, OnFull},
};

/// Collects settings; [`build`](Self::build) checks them all at once.
///
/// What a setting means and its default stands at the accessor of the same name of [`SessionConfig`],
/// [`CookieConfig`](super::CookieConfig), [`FingerprintConfig`](super::FingerprintConfig) or [`Limits`](super::Limits).
///
/// ```
/// use std::time::Duration;
/// use session_core::config::{SessionConfig, SessionConfigBuilder};
///
/// let config = SessionConfigBuilder::hardened().idle(Duration::from_secs(600)).build()?;
/// assert_eq!(config.touch_after(), Duration::from_secs(60));
/// # Ok::<(), session_core::config::ConfigError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until it is built"]
pub struct SessionConfigBuilder {
    pub(super) settings: Settings,
}

impl SessionConfigBuilder {
    /// The settings of [`SessionConfig::hardened`], to be changed further.
    pub fn hardened() -> Self {
        Self { settings: Settings::hardened() }
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// [`ConfigError`] with every field that cannot work, alone or with another.
    pub fn build(self) -> Result<SessionConfig, ConfigError> {
        self.build_with(Problems::default())
    }

    pub(super) fn build_with(self, problems: Problems) -> Result<SessionConfig, ConfigError> {
        self.settings.check(problems)?;
        Ok(SessionConfig::from_checked(self.settings))
    }
}

/// Lifetimes, in whole milliseconds.
impl SessionConfigBuilder {
    /// How long a session lives without a request: at least one second.
    pub fn idle(mut self, idle: Duration) -> Self {
        self.settings.idle = idle;
        self
    }

    /// How long a session lives at most: at least the idle lifetime, at most 100 years.
    pub fn absolute(mut self, absolute: Duration) -> Self {
        self.settings.absolute = absolute;
        self
    }

    /// How old the idle deadline may get before a request renews it: less than the idle lifetime.
    pub fn touch_after(mut self, touch_after: Duration) -> Self {
        self.settings.touch_after = Some(touch_after);
        self
    }

    /// The age at which an id is replaced, `None` for never: at least one second and the grace, less than the
    /// absolute lifetime.
    pub fn rotate_after(mut self, rotate_after: impl Into<Option<Duration>>) -> Self {
        self.settings.rotate_after = rotate_after.into();
        self
    }

    /// How long the old id still works after a rotation by age: at most the idle lifetime.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.settings.grace = grace;
        self
    }

    /// What the use of an old id after its grace does.
    pub fn on_reuse(mut self, on_reuse: OnReuse) -> Self {
        self.settings.on_reuse = on_reuse;
        self
    }
}

/// The session and its record.
impl SessionConfigBuilder {
    /// The algorithm of the ids.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.settings.algorithm = algorithm;
        self
    }

    /// The codec of the values.
    pub fn codec(mut self, codec: Codec) -> Self {
        self.settings.codec = codec;
        self
    }

    /// The largest record, in bytes: from 1,024 to 16,777,215.
    pub fn max_bytes(mut self, max_bytes: usize) -> Self {
        self.settings.limits.max_bytes = max_bytes;
        self
    }

    /// The most keys of one session: from 4 to 65,536.
    pub fn max_keys(mut self, max_keys: usize) -> Self {
        self.settings.limits.max_keys = max_keys;
        self
    }

    /// The longest key, in bytes: at least 1, less than the largest record.
    pub fn max_key_bytes(mut self, max_key_bytes: usize) -> Self {
        self.settings.limits.max_key_bytes = max_key_bytes;
        self
    }

    /// The application's secret: at least 16 bytes.
    pub fn secret(mut self, secret: impl Into<Vec<u8>>) -> Self {
        self.settings.secret = Some(Secret::new(secret.into()));
        self
    }

    /// The reserved key of the fingerprint.
    pub fn fingerprint_key(mut self, key: impl Into<String>) -> Self {
        self.settings.fingerprint_key = key.into();
        self
    }

    /// The reserved key of the CSRF tokens.
    pub fn token_key(mut self, key: impl Into<String>) -> Self {
        self.settings.token_key = key.into();
        self
    }

    /// The reserved key of the flash messages.
    pub fn flash_key(mut self, key: impl Into<String>) -> Self {
        self.settings.flash_key = key.into();
        self
    }

    /// Whether sessions opened outside HTTP are saved.
    pub fn save_cli(mut self, save_cli: bool) -> Self {
        self.settings.save_cli = save_cli;
        self
    }

    /// How often a change is replayed on a record that somebody else wrote meanwhile: at most 1,000 times.
    pub fn conflict_retries(mut self, conflict_retries: u32) -> Self {
        self.settings.conflict_retries = conflict_retries;
        self
    }
}

/// The stores.
impl SessionConfigBuilder {
    /// The prefix of the keys in Redis: printable ASCII without braces, at most 255 bytes.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.settings.prefix = prefix.into();
        self
    }

    /// The table in MySQL: `table` or `database.table`.
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.settings.table = table.into();
        self
    }

    /// One in how many session starts sweeps a batch of expired records; 0 for never.
    pub fn gc(mut self, one_in: u32) -> Self {
        self.settings.gc = NonZeroU32::new(one_in);
        self
    }

    /// The most live sessions of one owner, and what one more does.
    pub fn cap(mut self, max: NonZeroU32, on_full: OnFull) -> Self {
        self.settings.cap = Some(Cap { max, on_full });
        self
    }
}

/// The cookie.
impl SessionConfigBuilder {
    /// The name of the cookie: a token, with a prefix in exact spelling or none.
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        self.settings.cookie.name = name.into();
        self
    }

    /// The `Path` attribute.
    pub fn cookie_path(mut self, path: impl Into<String>) -> Self {
        self.settings.cookie.path = path.into();
        self
    }

    /// The `Domain` attribute: a host name with at least one dot, none at its front.
    pub fn cookie_domain(mut self, domain: impl Into<String>) -> Self {
        self.settings.cookie.domain = Some(domain.into());
        self
    }

    /// The `Secure` attribute.
    pub fn secure(mut self, secure: bool) -> Self {
        self.settings.cookie.secure = secure;
        self
    }

    /// The `SameSite` attribute.
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.settings.cookie.same_site = same_site;
        self
    }

    /// The `Partitioned` attribute.
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.settings.cookie.partitioned = partitioned;
        self
    }

    /// Whether the cookie survives the browser.
    pub fn persistent(mut self, persistent: bool) -> Self {
        self.settings.cookie.persistent = persistent;
        self
    }
}

/// The fingerprint.
impl SessionConfigBuilder {
    /// The properties of a request that are bound to its session; none for no fingerprint.
    pub fn fingerprint(mut self, properties: impl IntoIterator<Item = FingerprintProperty>) -> Self {
        self.settings.fingerprint.properties = properties.into_iter().collect();
        self
    }

    /// What a mismatch does.
    pub fn on_mismatch(mut self, on_mismatch: OnMismatch) -> Self {
        self.settings.fingerprint.on_mismatch = on_mismatch;
        self
    }
}
