use std::{num::NonZeroU32, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    Codec, ConfigError, CookieSettings, FingerprintSettings, Limits, OnReuse, OnUnreadable, Secret,
    SessionConfig, duration, error::Problems, rules, secret,
};
use crate::{id::Algorithm, store::OnFull};

/// Every setting, with its meaning, its limits and its default.
///
/// Durations are whole milliseconds, at most 36,500 days. Nothing is checked until [`check`](Self::check). Serde knows
/// the names of the fields alone; a file is read as a [`SessionConfig`], which also knows the presets and the names of
/// the PHP original.
///
/// ```
/// use std::time::Duration;
/// use alo_session::config::Settings;
///
/// let mut settings = Settings::default();
/// settings.idle = Duration::from_secs(1800);
/// settings.cookie.name = "__Host-shop".to_owned();
/// assert_eq!(settings.check()?.touch_after(), Duration::from_secs(180));
/// # Ok::<(), alo_session::config::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// How long a session lives without a request. At least 1 second. Default 5 minutes. `timeout` in the original.
    #[doc(alias("timeout", "expiry", "ttl", "max_age"))]
    #[serde(with = "duration")]
    pub idle: Duration,
    /// The idle lifetime of a session without an owner, such as a shorter one against a flood of robots, or a longer one for
    /// a sign-in at a provider. At least 1 second and `grace`, at most `absolute`. Default `None`: `idle`.
    #[serde(serialize_with = "duration::serialize", deserialize_with = "duration::deserialize_option")]
    pub anonymous_idle: Option<Duration>,
    /// How long a session lives at most, whatever happens. At least `idle`. Default 12 hours.
    #[doc(alias("timeout", "expiry", "ttl"))]
    #[serde(with = "duration")]
    pub absolute: Duration,
    /// How old the idle deadline may get before a request that only reads renews it: a session ends between
    /// `idle - touch_after` and `idle` after its last request. Less than `idle`. Default `None`: a tenth of `idle`.
    #[serde(serialize_with = "duration::serialize", deserialize_with = "duration::deserialize_option")]
    pub touch_after: Option<Duration>,
    /// The age at which an id is replaced by a new one. At least 1 second and `grace`, less than `absolute`. Default
    /// `None`: only when rights change.
    #[doc(alias("cycle_id", "regenerate", "renew"))]
    #[serde(serialize_with = "duration::serialize", deserialize_with = "duration::deserialize_option")]
    pub rotate_after: Option<Duration>,
    /// How long the old id still works after a rotation by age, for requests that were on their way. At most `idle`.
    /// Default 10 seconds.
    #[serde(with = "duration")]
    pub grace: Duration,
    /// What the use of an old id after its grace does. Default [`OnReuse::Report`].
    pub on_reuse: OnReuse,
    /// What a record that cannot be read does. Default [`OnUnreadable::Error`].
    pub on_unreadable: OnUnreadable,
    /// The algorithm of new ids. The ids of every algorithm are read, so a change ends no session. Default
    /// [`Algorithm::Random`], whose ids are as long as those of SHA-512, the default of the original, and as hard to guess.
    /// `sessionAlgo` in the original.
    pub algorithm: Algorithm,
    /// The codec of the values. Default [`Codec::MessagePack`].
    pub codec: Codec,
    /// The application's secrets, at least 16 bytes each. They key the fingerprints and the families of owners, so that
    /// the keys of a stolen store cannot be searched for them. The first one writes, all are tried: to replace a secret,
    /// append the new one, make it the first when every machine has both, and drop the old one when no session is as
    /// old. A session whose secret is in the list no longer opens nothing, so a first secret and one that is replaced
    /// without a list end all sessions of owners. Default empty. Never written to a file. `secret` in a file or a
    /// variable is a list of one.
    #[doc(alias("key", "signing_key"))]
    #[serde(serialize_with = "secret::withhold", deserialize_with = "secret::read")]
    pub secrets: Vec<Secret>,
    /// The reserved key of the fingerprint. Not empty, at most `limits.max_key_bytes`, unlike the other reserved keys.
    /// Default `_fp_`. `fingerprint` (a text) in the original.
    pub fingerprint_key: String,
    /// The reserved key of the CSRF tokens, with the same limits. Default `_tk_`. `tokenKey` in the original.
    pub token_key: String,
    /// The reserved key of the flash messages, with the same limits. Default `_fl_`.
    pub flash_key: String,
    /// The prefix of the keys in Redis, for a store that is given this configuration: see
    /// [`check_prefix`](crate::store::check_prefix). Default `_alo_sess_`. `prefix` in the original.
    #[doc(alias("key_prefix", "namespace"))]
    pub prefix: String,
    /// The table in MySQL, for a store that is given this configuration: see [`check_table`](crate::store::check_table).
    /// Default `alo_session`. `table` in the original.
    #[doc(alias("table_name", "schema"))]
    pub table: String,
    /// One in how many new ids removes expired records, in stores that do not do so by themselves: at least four times as
    /// many, so that a store never fills with what sessions, sign-ins and rotations leave. 0 is never. At most 10,000.
    /// Default 100. `gc` in the original.
    #[doc(alias("gc", "garbage_collection", "cleanup"))]
    pub sweep_one_in: u32,
    /// Whether sessions opened outside HTTP are saved. Default false. `saveCLI` in the original.
    #[doc(alias("saveCLI", "cli"))]
    pub save_outside_http: bool,
    /// How often a change is replayed on a record that another request wrote meanwhile, before the request fails. At
    /// most 1,000. Default 256, for as many requests that write one session at the same moment.
    pub conflict_retries: u32,
    /// How many live sessions one owner may have. Default `None`: any number.
    #[doc(alias("device", "concurrent"))]
    pub max_sessions: Option<NonZeroU32>,
    /// What one more session than `max_sessions` does. Default [`OnFull::EvictOldest`].
    pub on_full: OnFull,
    /// How large a session may grow.
    pub limits: Limits,
    /// The cookie.
    pub cookie: CookieSettings,
    /// The name of a header in which a program without cookies carries its id, such as `X-Session-Id`. A request with this
    /// header has no cookie, and its response tells the id there; any other request knows the cookie alone. Letters, digits and
    /// `-`, at most 64 bytes, and none that browsers send by themselves. Default `None`.
    #[doc(alias("bearer", "mobile", "token"))]
    pub id_header: Option<String>,
    /// The fingerprint.
    pub fingerprint: FingerprintSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(300),
            anonymous_idle: None,
            absolute: Duration::from_secs(12 * 3600),
            touch_after: None,
            rotate_after: None,
            grace: Duration::from_secs(10),
            on_reuse: OnReuse::default(),
            on_unreadable: OnUnreadable::default(),
            algorithm: Algorithm::default(),
            codec: Codec::default(),
            secrets: Vec::new(),
            fingerprint_key: "_fp_".to_owned(),
            token_key: "_tk_".to_owned(),
            flash_key: "_fl_".to_owned(),
            prefix: "_alo_sess_".to_owned(),
            table: "alo_session".to_owned(),
            sweep_one_in: 100,
            save_outside_http: false,
            conflict_retries: 256,
            max_sessions: None,
            on_full: OnFull::default(),
            limits: Limits::default(),
            cookie: CookieSettings::default(),
            id_header: None,
            fingerprint: FingerprintSettings::default(),
        }
    }
}

impl Settings {
    /// Checks every setting.
    ///
    /// # Errors
    /// [`ConfigError`] with every field that cannot work, alone or with another.
    pub fn check(self) -> Result<SessionConfig, ConfigError> {
        self.check_after(Problems::default())
    }

    /// Checks settings whose reading has met these problems.
    pub(super) fn check_after(self, mut problems: Problems) -> Result<SessionConfig, ConfigError> {
        rules::check(&self, &mut problems);
        problems.into_result().map(|()| SessionConfig::from_checked(self))
    }
}
