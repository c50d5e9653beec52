use std::{fmt, num::NonZeroU32, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

use super::{
    Codec, CookieConfig, FingerprintConfig, Limits, OnReuse, SessionConfigBuilder, form::Form,
    settings::Settings,
};
use crate::{id::Algorithm, store::Cap};

/// How sessions behave. Immutable and valid; a clone is one pointer.
///
/// [`default`](Self::default) has the values of the original made safe, [`hardened`](Self::hardened) stricter ones;
/// [`builder`](Self::builder) and configuration files set single ones. Written out it lacks the secret, which belongs
/// in no file that anybody prints.
///
/// ```
/// use std::time::Duration;
/// use session_core::config::SessionConfig;
///
/// let config: SessionConfig = serde_json::from_str(r#"{ "idle": "30m", "cookie": { "name": "__Host-shop" } }"#)?;
/// let config = config.to_builder().secret("from the environment").build()?;
/// assert_eq!(config.idle(), Duration::from_secs(1800));
/// assert_eq!(config.cookie().name(), "__Host-shop");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Form")]
pub struct SessionConfig {
    checked: Arc<Checked>,
}

#[derive(PartialEq, Eq)]
struct Checked {
    settings: Settings,
    touch_after: Duration,
    // Deriving it costs more than using it, so it is done once.
    fingerprint_secret: Zeroizing<[u8; 32]>,
}

impl SessionConfig {
    /// The defaults, to be changed.
    pub fn builder() -> SessionConfigBuilder {
        SessionConfigBuilder::default()
    }

    /// For applications with something to lose: 15 minutes idle and 12 hours in all (the bounds of NIST SP 800-63B-4
    /// for AAL3), and a `__Host-` cookie that ends with the browser.
    #[must_use]
    pub fn hardened() -> Self {
        Self::from_checked(Settings::hardened())
    }

    /// A builder with these settings, the secret included.
    pub fn to_builder(&self) -> SessionConfigBuilder {
        SessionConfigBuilder { settings: self.settings().clone() }
    }

    /// How long a session lives without a request. Default 5 minutes.
    #[must_use]
    pub fn idle(&self) -> Duration {
        self.settings().idle
    }

    /// How long a session lives at most, whatever happens. Default 12 hours.
    #[must_use]
    pub fn absolute(&self) -> Duration {
        self.settings().absolute
    }

    /// How old the idle deadline may get before a request that only reads renews it: a session so ends between
    /// `idle - touch_after` and `idle` after its last request. Default a tenth of `idle`.
    #[must_use]
    pub fn touch_after(&self) -> Duration {
        self.checked.touch_after
    }

    /// The age at which an id is replaced by a new one. Default `None`: only when rights change.
    #[must_use]
    pub fn rotate_after(&self) -> Option<Duration> {
        self.settings().rotate_after
    }

    /// How long the old id still works after a rotation by age, for requests that were on their way. Default
    /// 10 seconds.
    #[must_use]
    pub fn grace(&self) -> Duration {
        self.settings().grace
    }

    /// What the use of an old id after its grace does. Default [`OnReuse::Report`].
    #[must_use]
    pub fn on_reuse(&self) -> OnReuse {
        self.settings().on_reuse
    }

    /// The algorithm of the ids. Default [`Algorithm::Sha512`].
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.settings().algorithm
    }

    /// The codec of the values. Default [`Codec::MessagePack`].
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.settings().codec
    }

    /// How large a session may grow.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.settings().limits
    }

    /// The application's secret. It keys the fingerprints and the families of owners, so that a stolen store cannot
    /// be searched for them; changing it ends all sessions that have either. Default none.
    #[must_use]
    pub fn secret(&self) -> Option<&[u8]> {
        self.settings().secret.as_ref().map(super::secret::Secret::as_bytes)
    }

    /// The cookie.
    #[must_use]
    pub fn cookie(&self) -> &CookieConfig {
        &self.settings().cookie
    }

    /// The fingerprint.
    #[must_use]
    pub fn fingerprint(&self) -> &FingerprintConfig {
        &self.settings().fingerprint
    }

    /// The reserved key of the fingerprint. Default `_fp_`.
    #[must_use]
    pub fn fingerprint_key(&self) -> &str {
        &self.settings().fingerprint_key
    }

    /// The reserved key of the CSRF tokens. Default `_tk_`.
    #[must_use]
    pub fn token_key(&self) -> &str {
        &self.settings().token_key
    }

    /// The reserved key of the flash messages. Default `_fl_`.
    #[must_use]
    pub fn flash_key(&self) -> &str {
        &self.settings().flash_key
    }

    /// Whether the library keeps something of its own under this key.
    #[must_use]
    pub fn is_reserved(&self, key: &str) -> bool {
        [self.fingerprint_key(), self.token_key(), self.flash_key()].contains(&key)
    }

    /// The prefix of the keys in Redis. Default `_alo_sess_`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.settings().prefix
    }

    /// The table in MySQL, `table` or `database.table`; needs no quoting unless it is a reserved word. Default
    /// `alo_session`.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.settings().table
    }

    /// One in how many session starts sweeps a batch of expired records, in stores that do not expire by themselves.
    /// Default 100; `None` is never.
    #[must_use]
    pub fn gc(&self) -> Option<NonZeroU32> {
        self.settings().gc
    }

    /// Whether sessions opened outside HTTP are saved. Default false.
    #[must_use]
    pub fn save_cli(&self) -> bool {
        self.settings().save_cli
    }

    /// How often a change is replayed on a record that somebody else wrote meanwhile, before the request fails.
    /// Default 32.
    #[must_use]
    pub fn conflict_retries(&self) -> u32 {
        self.settings().conflict_retries
    }

    /// The most live sessions of one owner. Default none.
    #[must_use]
    pub fn cap(&self) -> Option<Cap> {
        self.settings().cap
    }

    pub(crate) fn fingerprint_secret(&self) -> &[u8; 32] {
        &self.checked.fingerprint_secret
    }

    pub(super) fn from_checked(settings: Settings) -> Self {
        let secret = settings.secret.as_ref().map(super::secret::Secret::as_bytes);
        let fingerprint_secret = Zeroizing::new(blake3::derive_key(
            "alo-session 2026 request fingerprint",
            secret.unwrap_or_default(),
        ));
        Self {
            checked: Arc::new(Checked { touch_after: settings.touch_after(), fingerprint_secret, settings }),
        }
    }

    fn settings(&self) -> &Settings {
        &self.checked.settings
    }
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self::from_checked(Settings::default())
    }
}

impl Serialize for SessionConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.settings().serialize(serializer)
    }
}

impl fmt::Debug for SessionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SessionConfig").field(self.settings()).finish()
    }
}
