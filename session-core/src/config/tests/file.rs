use std::time::Duration;

use serde_json::{Value, json};

use super::{
    super::{FingerprintSettings, OnMismatch, SessionConfig},
    full, read, written,
};
use crate::{id::Algorithm, store::OnFull};

const SECRET: &str = "correct horse battery staple";

#[test]
fn a_file_reaches_every_setting() {
    let config = read(&full()).unwrap();
    assert_eq!(written(&config), full());
    assert_eq!(config.cap().map(|cap| cap.on_full), Some(OnFull::Refuse));
    assert_eq!(config.touch_after(), Duration::from_millis(1500));
    assert_eq!(config.sweep_one_in, 0);
    let default = written(&SessionConfig::default());
    let mut changed = full();
    for (name, value) in default.as_object().unwrap() {
        assert_ne!(&changed[name], value, "{name}");
    }
    // Partitioned needs what full() tests the absence of.
    changed["cookie"]["secure"] = json!(true);
    changed["cookie"]["partitioned"] = json!(true);
    assert!(read(&changed).unwrap().cookie.partitioned);
}

#[test]
fn a_file_may_use_the_names_of_the_original() {
    let old = json!({
        "timeout": 600, "cookie": "shop", "fingerprint": "f", "prefix": "shop:", "sessionAlgo": "sha256",
        "table": "shop", "secure": false, "gc": 7, "saveCLI": true, "tokenKey": "t",
    });
    let new = SessionConfig::with(|settings| {
        settings.idle = Duration::from_secs(600);
        settings.cookie.name = "shop".to_owned();
        settings.fingerprint_key = "f".to_owned();
        settings.prefix = "shop:".to_owned();
        settings.algorithm = Algorithm::Sha256;
        settings.table = "shop".to_owned();
        settings.cookie.secure = false;
        settings.sweep_one_in = 7;
        settings.save_outside_http = true;
        settings.token_key = "t".to_owned();
    });
    assert_eq!(read(&old).unwrap(), new.unwrap());
}

#[test]
fn a_fingerprint_may_be_a_preset_with_changes() {
    let original = || FingerprintSettings::original();
    let fingerprint =
        |file: Value| read(&json!({ "fingerprint": file })).map(|config| config.fingerprint.clone());
    assert_eq!(fingerprint(json!({ "preset": "original" })).unwrap(), original());
    assert_eq!(fingerprint(json!({ "preset": null })).unwrap(), FingerprintSettings::default());
    let mut reported = original();
    reported.on_mismatch = OnMismatch::Report;
    for file in [
        json!({ "preset": "original", "on_mismatch": "report" }),
        json!({ "on_mismatch": "report", "preset": "original" }),
    ] {
        assert_eq!(fingerprint(file).unwrap(), reported);
    }
    let usual = json!({ "preset": "hardened", "fingerprint": { "preset": "default" } });
    assert_eq!(read(&usual).unwrap().fingerprint, FingerprintSettings::default());
    for wrong in [json!("php"), json!(1), json!({})] {
        let error = fingerprint(json!({ "preset": wrong })).unwrap_err().to_string();
        assert!(error.contains("fingerprint.preset"), "{error}");
    }
    let variable = [("FINGERPRINT_PRESET".to_owned(), "original".to_owned())];
    assert_eq!(SessionConfig::from_vars("", variable).unwrap().fingerprint, original());
}

#[test]
fn an_old_and_a_new_name_of_one_setting_contradict_each_other() {
    for file in [
        json!({ "timeout": 600, "idle": 600 }),
        json!({ "secure": true, "cookie": { "secure": true } }),
        json!({ "fingerprint": "f", "fingerprint_key": "f" }),
        json!({ "sessionAlgo": "sha256", "algorithm": "sha256" }),
        json!({ "tokenKey": "t", "token_key": "t" }),
        json!({ "gc": 7, "sweep_one_in": 7 }),
        json!({ "saveCLI": true, "save_outside_http": true }),
    ] {
        assert!(read(&file).unwrap_err().to_string().contains("is given twice"), "{file}");
    }
}

#[test]
fn a_name_that_stands_twice_is_an_error() {
    for (file, field) in [
        (r#"{ "idle": 600, "idle": 600 }"#, "idle"),
        (r#"{ "idle": 600, "idle": null }"#, "idle"),
        (r#"{ "cookie": { "path": "/", "path": "/" } }"#, "cookie.path"),
        (r#"{ "cookie": { "path": "/" }, "cookie": { "secure": true } }"#, "cookie"),
        (r#"{ "preset": "hardened", "preset": "default" }"#, "preset"),
        (r#"{ "secret": "a long enough secret", "secret": "another secret of mine" }"#, "secret"),
    ] {
        let message = serde_json::from_str::<SessionConfig>(file).unwrap_err().to_string();
        let expected = format!("{field} is given twice: leave one of them out");
        assert_eq!(message.strip_prefix("invalid session configuration: "), Some(&*expected), "{file}");
    }
}

#[test]
fn a_secret_is_a_list_of_one() {
    let one: super::super::Secret = SECRET.into();
    for file in [json!({ "secret": SECRET }), json!({ "secrets": [SECRET] }), json!({ "secret": [SECRET] })] {
        assert_eq!(read(&file).unwrap().secrets, std::slice::from_ref(&one), "{file}");
    }
    let two = json!({ "secrets": ["a secret, with a comma", SECRET] });
    assert_eq!(read(&two).unwrap().secrets, ["a secret, with a comma".into(), one]);
}

#[test]
fn an_unknown_field_is_an_error() {
    for file in [
        json!({ "idel": 300 }),
        json!({ "cookie": { "http_only": false } }),
        json!({ "limits": { "bytes": 5 } }),
        json!({ "fingerprint": { "ip": true } }),
        json!({ "max_sessions": 5, "on_full": "refuse", "cap": 3 }),
        json!({ "cookie.name": "shop" }),
        json!({ "idel": null }),
    ] {
        assert!(read(&file).unwrap_err().to_string().ends_with("is not a setting"), "{file}");
    }
}

#[test]
fn what_is_left_out_or_null_is_the_default() {
    let mut nothing = full();
    for (_, value) in nothing.as_object_mut().unwrap() {
        *value = Value::Null;
    }
    assert_eq!(read(&nothing).unwrap(), SessionConfig::default());
    assert_eq!(read(&json!({})).unwrap(), SessionConfig::default());
}

#[test]
fn the_secret_is_shown_nowhere() {
    let config = read(&json!({ "secret": SECRET })).unwrap();
    assert_eq!(config.secrets, [SECRET.into()]);
    let number = json!({ "secret": 991_114_u64 });
    let too_short = json!({ "secret": &SECRET[..15], "prefix": "{" });
    for shown in [
        format!("{config:?} {:#?} {:?}", *config, config.secrets),
        read(&number).unwrap_err().to_string(),
        serde_json::to_string(&config).unwrap(),
        format!("{:?}", read(&too_short).unwrap_err()),
    ] {
        assert!(
            !shown.contains(&SECRET[..7]) && !shown.contains("99, 111, 114") && !shown.contains("991114"),
            "{shown}"
        );
    }
    let other = config.change(|settings| settings.secrets = vec!["another secret of mine".into()]).unwrap();
    assert_ne!(config, other);
}
