use std::{cmp::Ordering, time::Duration};

use serde_json::Value;

use super::{
    super::{Codec, FingerprintProperty, FingerprintSettings, OnMismatch, SameSite, SessionConfig, Settings},
    written,
};
use crate::id::Algorithm;

#[test]
fn the_presets_are_valid() {
    for config in [SessionConfig::default(), SessionConfig::website(), SessionConfig::hardened()] {
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
    assert_eq!(config.table, "alo_session");
    assert!(config.cookie.secure);
    assert_eq!(config.sweep_one_in, 100);
    assert!(!config.save_outside_http);
    assert_eq!(config.token_key, "_tk_");
}

#[test]
fn the_default_of_everything_else() {
    use FingerprintProperty::{Browser, Platform};
    let config = SessionConfig::default();
    assert_eq!(config.absolute, Duration::from_secs(12 * 3600));
    assert_eq!(config.touch_after(), Duration::from_secs(30));
    assert_eq!(config.rotate_after, None);
    assert_eq!(config.grace, Duration::from_secs(10));
    assert_eq!(config.codec, Codec::MessagePack);
    assert_eq!(config.algorithm, Algorithm::Random);
    assert_eq!(config.algorithm.bytes(), Algorithm::Sha512.bytes(), "the length of the original's");
    let limits = config.limits;
    assert_eq!((limits.max_bytes, limits.max_keys, limits.max_key_bytes), (1_048_576, 1024, 255));
    assert_eq!((config.secrets.len(), config.cap()), (0, None));
    assert_eq!((&*config.flash_key, config.conflict_retries), ("_fl_", 256));
    let cookie = &config.cookie;
    assert_eq!((&*cookie.path, &cookie.domain, cookie.same_site), ("/", &None, SameSite::Lax));
    assert!(!cookie.partitioned && !cookie.persistent);
    assert_eq!(config.fingerprint.properties, [Browser, Platform].into());
    assert_eq!(config.fingerprint.on_mismatch, OnMismatch::Reject);
}

#[test]
fn the_rule_of_the_original_is_a_preset_of_the_fingerprint() {
    use FingerprintProperty::{AcceptLanguage, Dnt, UserAgent};
    let original = FingerprintSettings::original();
    assert_eq!(original.properties, [UserAgent, AcceptLanguage, Dnt].into());
    assert_eq!(original.on_mismatch, OnMismatch::Destroy);
}

#[test]
fn a_website_has_half_an_hour_and_a_day() {
    let expected = SessionConfig::with(|settings| {
        settings.idle = Duration::from_secs(1800);
        settings.absolute = Duration::from_secs(86_400);
    });
    assert_eq!(SessionConfig::website(), expected.unwrap());
}

/// How one setting of `hardened` compares with the default; one that this does not know is an error.
fn compare(name: &str, hardened: &Value, default: &Value) -> Ordering {
    let number = |value: &Value| match (value.as_u64(), value.as_bool()) {
        (Some(number), _) => number,
        (None, Some(flag)) => flag.into(),
        (None, None) => panic!("{name}: {value}"),
    };
    let strictness = |order: &[&str]| {
        let at = |value: &Value| order.iter().position(|name| value == name).unwrap();
        at(hardened).cmp(&at(default))
    };
    match name {
        _ if hardened == default => Ordering::Equal,
        "idle" | "absolute" | "grace" | "max_bytes" | "max_keys" | "max_key_bytes" | "persistent"
        | "save_outside_http" => number(default).cmp(&number(hardened)),
        "secure" | "partitioned" => number(hardened).cmp(&number(default)),
        // None is never.
        "rotate_after" | "max_sessions" | "touch_after" if default.is_null() => Ordering::Greater,
        "on_reuse" => strictness(&["report", "end_family"]),
        "on_mismatch" => strictness(&["report", "reject", "destroy"]),
        "same_site" => strictness(&["none", "lax", "strict"]),
        "name" => hardened.as_str().unwrap().starts_with("__Host-").cmp(&true).then(Ordering::Greater),
        "properties" => hardened.as_array().unwrap().len().cmp(&default.as_array().unwrap().len()),
        _ => panic!("is {hardened} stricter than {default} for {name}?"),
    }
}

#[test]
fn hardened_is_stricter_in_everything_or_the_same() {
    let [hardened, default] =
        [SessionConfig::hardened(), SessionConfig::default()].map(|config| written(&config));
    let mut stricter = Vec::new();
    for (name, value) in hardened.as_object().unwrap() {
        let table = serde_json::Map::from_iter([(name.clone(), value.clone())]);
        for (inner, value) in value.as_object().unwrap_or(&table) {
            let default = if value == &hardened[name] { &default[name] } else { &default[name][inner] };
            match compare(inner, value, default) {
                Ordering::Less => panic!("{name} {inner}: {value} is weaker than {default}"),
                Ordering::Equal => {}
                Ordering::Greater => stricter.push(inner.clone()),
            }
        }
    }
    for name in ["absolute", "name", "on_reuse", "rotate_after"] {
        assert!(stricter.iter().any(|other| other == name), "{name} is not in {stricter:?}");
    }
    let hardened = SessionConfig::hardened();
    // The bounds of NIST SP 800-63B-4 for AAL3, and of OWASP for applications of high value.
    assert!(hardened.idle <= Duration::from_secs(300) && hardened.absolute <= Duration::from_secs(8 * 3600));
    assert!(hardened.rotate_after.unwrap() <= Duration::from_secs(900));
    assert!(hardened.touch_after() <= SessionConfig::default().touch_after());
    assert_eq!((&*hardened.cookie.path, &hardened.cookie.domain), ("/", &None));
}

#[test]
fn reserved_keys_follow_their_names() {
    let config = SessionConfig::with(|settings| settings.token_key = "csrf".to_owned()).unwrap();
    for (key, reserved) in [("_fp_", true), ("csrf", true), ("_fl_", true), ("_tk_", false), ("", false)] {
        assert_eq!(config.is_reserved(key), reserved, "{key}");
    }
}
