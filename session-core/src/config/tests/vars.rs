use std::{num::NonZeroU32, time::Duration};

use serde_json::json;

use super::{
    super::{ConfigError, FingerprintProperty, OnReuse, OnUnreadable, SameSite, SessionConfig},
    full, read, variables,
};
use crate::{id::Algorithm, store::OnFull};

fn from<const N: usize>(vars: [(&str, &str); N]) -> Result<SessionConfig, ConfigError> {
    let vars = vars.map(|(name, text)| (name.to_owned(), text.to_owned()));
    SessionConfig::from_vars("SESSION_", vars)
}

fn invalid<const N: usize>(vars: [(&str, &str); N]) -> Vec<(String, String)> {
    let fields = from(vars).unwrap_err().fields;
    fields.into_iter().map(|invalid| (invalid.field.into(), invalid.problem.into())).collect()
}

#[test]
fn variables_say_what_a_file_says() {
    let config = from([
        ("SESSION_IDLE", "30m"),
        ("SESSION_ABSOLUTE", "7200"),
        ("SESSION_ALGORITHM", "blake3"),
        ("SESSION_ON_REUSE", "end_family"),
        ("SESSION_ON_UNREADABLE", "start_anew"),
        ("SESSION_SAVE_OUTSIDE_HTTP", "true"),
        ("SESSION_SWEEP_ONE_IN", "0"),
        ("SESSION_MAX_SESSIONS", "3"),
        ("SESSION_ON_FULL", "refuse"),
        ("SESSION_TOKEN_KEY", "42"),
        ("SESSION_FINGERPRINT_KEY", "true"),
        ("SESSION_LIMITS_MAX_KEY_BYTES", "64"),
        ("SESSION_COOKIE_NAME", "__Host-shop"),
        ("SESSION_COOKIE_SAME_SITE", "Strict"),
        ("SESSION_FINGERPRINT_PROPERTIES", "user_agent, network"),
        ("SESSION_SECRET", "12345678901234567890"),
    ]);
    let expected = SessionConfig::with(|settings| {
        settings.idle = Duration::from_secs(1800);
        settings.absolute = Duration::from_secs(7200);
        settings.algorithm = Algorithm::Blake3;
        settings.on_reuse = OnReuse::EndFamily;
        settings.on_unreadable = OnUnreadable::StartAnew;
        settings.save_outside_http = true;
        settings.sweep_one_in = 0;
        settings.max_sessions = NonZeroU32::new(3);
        settings.on_full = OnFull::Refuse;
        settings.token_key = "42".to_owned();
        settings.fingerprint_key = "true".to_owned();
        settings.limits.max_key_bytes = 64;
        settings.cookie.name = "__Host-shop".to_owned();
        settings.cookie.same_site = SameSite::Strict;
        settings.fingerprint.properties =
            [FingerprintProperty::UserAgent, FingerprintProperty::Network].into();
        settings.secrets = vec!["12345678901234567890".into()];
    });
    assert_eq!(config.unwrap(), expected.unwrap());
}

#[test]
fn the_secrets_are_a_list_and_the_secret_is_one() {
    let one = from([("SESSION_SECRET", "a secret, with a comma")]).unwrap();
    assert_eq!(one.secrets, ["a secret, with a comma".into()]);
    let two = from([("SESSION_SECRETS", "the secret of today, the one of last year")]).unwrap();
    assert_eq!(two.secrets, ["the secret of today".into(), "the one of last year".into()]);
    let both = [("SESSION_SECRET", "the secret of today"), ("SESSION_SECRETS", "the one of last year")];
    assert_eq!(invalid(both)[0], ("secrets".to_owned(), "is given twice: leave one of them out".to_owned()));
}

#[test]
fn every_setting_has_a_variable() {
    let config = read(&full()).unwrap();
    assert_eq!(SessionConfig::from_vars("", variables(&config)).unwrap(), config);
}

#[test]
fn no_properties_is_no_fingerprint() {
    assert!(from([("SESSION_FINGERPRINT_PROPERTIES", "")]).unwrap().fingerprint.properties.is_empty());
}

#[test]
fn other_variables_are_ignored() {
    let config = from([("PATH", "/bin"), ("SESSIONS_IDLE", "1h"), ("session_idle", "1h"), ("IDLE", "1h")]);
    assert_eq!(config.unwrap(), SessionConfig::default());
}

#[test]
fn all_wrong_variables_are_named_at_once() {
    let invalid = invalid([
        ("SESSION_IDLE", "soon"),
        ("SESSION_IDEL", "5m"),
        ("SESSION_COOKIE_HTTP_ONLY", "true"),
        ("SESSION_COOKIE", "shop"),
        ("SESSION_", "1"),
        ("SESSION_COOKIE_SECURE", "yes"),
        ("SESSION_COOKIE_PATH", "shop"),
        ("SESSION_GRACE", "1m"),
        ("SESSION_grace", "1m"),
        ("SESSION_SECRET", "short and shown"),
        ("SESSION_FINGERPRINT_PROPERTIES", "dnt,referer"),
    ]);
    let fields: Vec<_> = invalid.iter().map(|(field, _)| &**field).collect();
    let expected = [
        "idle",
        "SESSION_IDEL",
        "SESSION_COOKIE_HTTP_ONLY",
        "SESSION_COOKIE",
        "SESSION_",
        "cookie.secure",
        "grace",
        "fingerprint.properties",
        "secrets",
        "cookie.path",
    ];
    assert_eq!(fields, expected);
    assert!(invalid.iter().all(|(_, problem)| !problem.contains("shown")), "{invalid:?}");
}

#[test]
fn a_preset_is_what_is_left_out() {
    let presets = [
        ("default", SessionConfig::default()),
        ("website", SessionConfig::website()),
        ("hardened", SessionConfig::hardened()),
    ];
    for (named, preset) in presets {
        assert_eq!(read(&json!({ "preset": named })).unwrap(), preset);
        assert_eq!(from([("SESSION_PRESET", named)]).unwrap(), preset);
        let changed = preset.change(|settings| settings.idle = Duration::from_secs(60)).unwrap();
        assert_eq!(read(&json!({ "timeout": 60, "preset": named })).unwrap(), changed);
        assert_eq!(from([("SESSION_IDLE", "60"), ("SESSION_PRESET", named)]).unwrap(), changed);
        let renamed = preset.change(|settings| settings.cookie.name = "__Host-shop".to_owned()).unwrap();
        assert_eq!(read(&json!({ "preset": named, "cookie": "__Host-shop" })).unwrap(), renamed);
    }
    assert_eq!(invalid([("SESSION_PRESET", "Hardened")])[0].0, "preset");
    assert_eq!(invalid([("SESSION_PRESET", "")])[0].0, "preset");
}
