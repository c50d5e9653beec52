use std::time::Duration;

use super::super::{Codec, FingerprintProperty, OnMismatch, OnReuse, SameSite, SessionConfig, Settings};
use crate::id::Algorithm;

#[test]
fn the_presets_are_valid() {
    for config in [SessionConfig::default(), SessionConfig::hardened()] {
        assert_eq!(config.change(|_| {}).unwrap(), config);
    }
    assert_eq!(Settings::default().check().unwrap(), SessionConfig::default());
    assert_eq!(SessionConfig::with(|_| {}).unwrap(), SessionConfig::default());
}

#[test]
fn the_default_has_the_values_of_the_original() {
    let config = SessionConfig::default();
    assert_eq!(config.idle, Duration::from_secs(300));
    assert_eq!(config.cookie.name, "AloSession");
    assert_eq!(config.fingerprint_key, "_fp_");
    assert_eq!(config.prefix, "_alo_sess_");
    assert_eq!(config.algorithm, Algorithm::Sha512);
    assert_eq!(config.table, "alo_session");
    assert!(config.cookie.secure);
    assert_eq!(config.sweep_one_in, 100);
    assert!(!config.save_outside_http);
    assert_eq!(config.token_key, "_tk_");
}

#[test]
fn the_default_of_everything_else() {
    use FingerprintProperty::{AcceptLanguage, Dnt, UserAgent};
    let config = SessionConfig::default();
    assert_eq!(config.absolute, Duration::from_secs(12 * 3600));
    assert_eq!(config.touch_after(), Duration::from_secs(30));
    assert_eq!(config.rotate_after, None);
    assert_eq!(config.grace, Duration::from_secs(10));
    assert_eq!(config.codec, Codec::MessagePack);
    let limits = config.limits;
    assert_eq!((limits.max_bytes, limits.max_keys, limits.max_key_bytes), (1_048_576, 1024, 255));
    assert_eq!((config.secrets.len(), config.cap()), (0, None));
    assert_eq!((&*config.flash_key, config.conflict_retries), ("_fl_", 32));
    let cookie = &config.cookie;
    assert_eq!((&*cookie.path, &cookie.domain, cookie.same_site), ("/", &None, SameSite::Lax));
    assert!(!cookie.partitioned && !cookie.persistent);
    assert_eq!(config.fingerprint.properties, [UserAgent, AcceptLanguage, Dnt].into());
    assert_eq!(config.fingerprint.on_mismatch, OnMismatch::Destroy);
}

#[test]
fn hardened_is_stricter() {
    let (hardened, default) = (SessionConfig::hardened(), SessionConfig::default());
    // The bounds of NIST SP 800-63B-4 for AAL3, and of OWASP for applications of high value.
    assert!(hardened.idle <= default.idle && hardened.idle <= Duration::from_secs(300));
    assert!(hardened.absolute < default.absolute && hardened.absolute <= Duration::from_secs(8 * 3600));
    assert!(hardened.touch_after() <= default.touch_after());
    assert!(hardened.grace <= default.grace);
    assert!(hardened.rotate_after.unwrap() <= Duration::from_secs(900) && default.rotate_after.is_none());
    assert_eq!((hardened.on_reuse, default.on_reuse), (OnReuse::EndFamily, OnReuse::Report));
    assert!(hardened.cookie.name.starts_with("__Host-") && !default.cookie.name.starts_with("__"));
    assert!(hardened.cookie.secure && !hardened.cookie.persistent && !hardened.cookie.partitioned);
    assert_eq!((&*hardened.cookie.path, &hardened.cookie.domain), ("/", &None));
    assert_eq!(hardened.cookie.same_site, default.cookie.same_site);
    assert!(hardened.fingerprint.properties.is_superset(&default.fingerprint.properties));
    assert_eq!(hardened.fingerprint.on_mismatch, OnMismatch::Destroy);
    assert!(!hardened.save_outside_http);
    let (strict, usual) = (hardened.limits, default.limits);
    assert!(strict.max_bytes <= usual.max_bytes && strict.max_keys <= usual.max_keys);
    assert!(strict.max_key_bytes <= usual.max_key_bytes);
}

#[test]
fn reserved_keys_follow_their_names() {
    let config = SessionConfig::with(|settings| settings.token_key = "csrf".to_owned()).unwrap();
    for (key, reserved) in [("_fp_", true), ("csrf", true), ("_fl_", true), ("_tk_", false), ("", false)] {
        assert_eq!(config.is_reserved(key), reserved, "{key}");
    }
}
