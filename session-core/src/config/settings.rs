use std::{num::NonZeroU32, time::Duration};

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::{
    Codec, ConfigError, CookieConfig, FingerprintConfig, Limits, OnReuse, duration, error::Problems, rules,
    secret::Secret,
};
use crate::{id::Algorithm, store::Cap};

/// The settings as they were given, valid or not yet checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Settings {
    #[serde(serialize_with = "duration::serialize")]
    pub(super) idle: Duration,
    #[serde(serialize_with = "duration::serialize")]
    pub(super) absolute: Duration,
    #[serde(serialize_with = "duration::serialize_option", skip_serializing_if = "Option::is_none")]
    pub(super) touch_after: Option<Duration>,
    #[serde(serialize_with = "duration::serialize_option", skip_serializing_if = "Option::is_none")]
    pub(super) rotate_after: Option<Duration>,
    #[serde(serialize_with = "duration::serialize")]
    pub(super) grace: Duration,
    pub(super) on_reuse: OnReuse,
    pub(super) algorithm: Algorithm,
    pub(super) codec: Codec,
    #[serde(skip)]
    pub(super) secret: Option<Secret>,
    pub(super) fingerprint_key: String,
    pub(super) token_key: String,
    pub(super) flash_key: String,
    pub(super) prefix: String,
    pub(super) table: String,
    // 0 is "never": a file has no other way to say so.
    #[serde(serialize_with = "or_zero")]
    pub(super) gc: Option<NonZeroU32>,
    pub(super) save_cli: bool,
    pub(super) conflict_retries: u32,
    // Tables last, as TOML wants them.
    pub(super) limits: Limits,
    pub(super) cookie: CookieConfig,
    pub(super) fingerprint: FingerprintConfig,
    #[serde(serialize_with = "cap_table", skip_serializing_if = "Option::is_none")]
    pub(super) cap: Option<Cap>,
}

impl Settings {
    pub(super) fn hardened() -> Self {
        Self {
            idle: Duration::from_secs(15 * 60),
            cookie: CookieConfig { name: "__Host-session".to_owned(), ..CookieConfig::default() },
            ..Self::default()
        }
    }

    /// The chosen one, or a tenth of the idle lifetime in whole milliseconds.
    pub(super) fn touch_after(&self) -> Duration {
        self.touch_after.unwrap_or_else(|| whole_milliseconds(self.idle / 10))
    }

    pub(super) fn check(&self, mut problems: Problems) -> Result<(), ConfigError> {
        self.limits.check(&mut problems);
        rules::check_lifetimes(self, &mut problems);
        rules::check_secret(self, &mut problems);
        rules::check_reserved_keys(self, &mut problems);
        rules::check_stores(self, &mut problems);
        self.cookie.check(&mut problems);
        problems.into_result()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(300),
            absolute: Duration::from_secs(12 * 3600),
            touch_after: None,
            rotate_after: None,
            grace: Duration::from_secs(10),
            on_reuse: OnReuse::default(),
            algorithm: Algorithm::default(),
            codec: Codec::default(),
            limits: Limits::default(),
            secret: None,
            cookie: CookieConfig::default(),
            fingerprint: FingerprintConfig::default(),
            fingerprint_key: "_fp_".to_owned(),
            token_key: "_tk_".to_owned(),
            flash_key: "_fl_".to_owned(),
            prefix: "_alo_sess_".to_owned(),
            table: "alo_session".to_owned(),
            gc: NonZeroU32::new(100),
            save_cli: false,
            conflict_retries: 32,
            cap: None,
        }
    }
}

fn whole_milliseconds(duration: Duration) -> Duration {
    let excess = duration.subsec_nanos() % 1_000_000;
    duration.saturating_sub(Duration::from_nanos(excess.into()))
}

fn or_zero<S: Serializer>(number: &Option<NonZeroU32>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u32(number.map_or(0, NonZeroU32::get))
}

fn cap_table<S: Serializer>(cap: &Option<Cap>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(cap) = cap else {
        return serializer.serialize_none();
    };
    let mut table = serializer.serialize_struct("Cap", 2)?;
    table.serialize_field("max", &cap.max)?;
    table.serialize_field("on_full", &cap.on_full)?;
    table.end()
}
