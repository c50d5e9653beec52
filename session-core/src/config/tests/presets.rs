use std::{num::NonZeroU32, time::Duration};

use super::super::{Codec, FingerprintProperty, OnMismatch, SameSite, SessionConfig, SessionConfigBuilder};
use crate::id::Algorithm;

#[test]
fn the_presets_are_valid() {
    for config in [SessionConfig::default(), SessionConfig::hardened()] {
        assert_eq!(config.to_builder().build().unwrap(), config);
    }
    assert_eq!(SessionConfig::builder().build().unwrap(), SessionConfig::default());
    assert_eq!(SessionConfigBuilder::hardened().build().unwrap(), SessionConfig::hardened());
}

#[test]
fn the_default_has_the_values_of_the_original() {
    let config = SessionConfig::default();
    assert_eq!(config.idle(), Duration::from_secs(300));
    assert_eq!(config.cookie().name(), "AloSession");
    assert_eq!(config.fingerprint_key(), "_fp_");
    assert_eq!(config.prefix(), "_alo_sess_");
    assert_eq!(config.algorithm(), Algorithm::Sha512);
    assert_eq!(config.table(), "alo_session");
    assert!(config.cookie().secure());
    assert_eq!(config.gc(), NonZeroU32::new(100));
    assert!(!config.save_cli());
    assert_eq!(config.token_key(), "_tk_");
}

#[test]
fn the_default_of_everything_else() {
    use FingerprintProperty::{AcceptLanguage, Dnt, UserAgent};
    let config = SessionConfig::default();
    assert_eq!(config.absolute(), Duration::from_secs(12 * 3600));
    assert_eq!(config.touch_after(), Duration::from_secs(30));
    assert_eq!(config.rotate_after(), None);
    assert_eq!(config.grace(), Duration::from_secs(10));
    assert_eq!(config.codec(), Codec::MessagePack);
    let limits = config.limits();
    assert_eq!((limits.max_bytes(), limits.max_keys(), limits.max_key_bytes()), (1_048_576, 1024, 255));
    assert_eq!((config.secret(), config.cap()), (None, None));
    assert_eq!((config.flash_key(), config.conflict_retries()), ("_fl_", 32));
    let cookie = config.cookie();
    assert_eq!((cookie.path(), cookie.domain(), cookie.same_site()), ("/", None, SameSite::Lax));
    assert!(!cookie.partitioned() && !cookie.persistent());
    assert_eq!(config.fingerprint().properties().collect::<Vec<_>>(), [UserAgent, AcceptLanguage, Dnt]);
    assert_eq!(config.fingerprint().on_mismatch(), OnMismatch::Destroy);
}

#[test]
fn hardened_is_stricter() {
    let config = SessionConfig::hardened();
    assert_eq!(config.idle(), Duration::from_secs(900));
    assert_eq!(config.absolute(), Duration::from_secs(43_200));
    assert!(config.cookie().name().starts_with("__Host-"));
    assert!(config.cookie().secure() && !config.cookie().persistent());
}

#[test]
fn reserved_keys_follow_their_names() {
    let config = SessionConfig::builder().token_key("csrf").build().unwrap();
    for (key, reserved) in [("_fp_", true), ("csrf", true), ("_fl_", true), ("_tk_", false), ("", false)] {
        assert_eq!(config.is_reserved(key), reserved, "{key}");
    }
}
