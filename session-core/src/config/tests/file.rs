use std::time::Duration;

use serde_json::{Value, json};

use super::{super::SessionConfig, full, read};
use crate::{id::Algorithm, store::OnFull};

const SECRET: &str = "correct horse battery staple";

#[test]
fn a_file_reaches_every_setting() {
    let config = read(&full()).unwrap();
    assert_eq!(serde_json::to_value(&config).unwrap(), full());
    assert_eq!(config.cap().map(|cap| cap.on_full), Some(OnFull::Refuse));
    assert_eq!(config.touch_after(), Duration::from_millis(1500));
    assert_eq!(config.gc(), None);
    let default = serde_json::to_value(SessionConfig::default()).unwrap();
    let mut changed = full();
    for (name, value) in default.as_object().unwrap() {
        assert_ne!(&changed[name], value, "{name}");
    }
    // Partitioned needs what full() tests the absence of.
    changed["cookie"]["secure"] = json!(true);
    changed["cookie"]["partitioned"] = json!(true);
    assert!(read(&changed).unwrap().cookie().partitioned());
}

#[test]
fn a_file_may_use_the_names_of_the_original() {
    let old = json!({
        "timeout": 600, "cookie": "shop", "fingerprint": "f", "prefix": "shop:", "sessionAlgo": "sha256",
        "table": "shop", "secure": false, "gc": 7, "saveCLI": true, "tokenKey": "t",
    });
    let new = SessionConfig::builder()
        .idle(Duration::from_secs(600))
        .cookie_name("shop")
        .fingerprint_key("f")
        .prefix("shop:")
        .algorithm(Algorithm::Sha256)
        .table("shop")
        .secure(false)
        .gc(7)
        .save_cli(true)
        .token_key("t");
    assert_eq!(read(&old).unwrap(), new.build().unwrap());
}

#[test]
fn an_old_and_a_new_name_of_one_setting_contradict_each_other() {
    for file in [
        json!({ "timeout": 600, "idle": 600 }),
        json!({ "secure": true, "cookie": { "secure": true } }),
        json!({ "fingerprint": "f", "fingerprint_key": "f" }),
    ] {
        assert!(read(&file).is_err(), "{file}");
    }
}

#[test]
fn an_unknown_field_is_an_error() {
    for file in [
        json!({ "idel": 300 }),
        json!({ "cookie": { "http_only": false } }),
        json!({ "limits": { "bytes": 5 } }),
        json!({ "fingerprint": { "ip": true } }),
        json!({ "cap": { "limit": 5 } }),
    ] {
        assert!(read(&file).unwrap_err().to_string().starts_with("unknown field"), "{file}");
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
    assert_eq!(config.secret(), Some(SECRET.as_bytes()));
    let builder = config.to_builder();
    let too_short = json!({ "secret": &SECRET[..15], "prefix": "{" });
    for shown in [
        format!("{config:?} {builder:#?}"),
        serde_json::to_string(&config).unwrap(),
        format!("{:?}", read(&too_short).unwrap_err()),
    ] {
        assert!(!shown.contains(&SECRET[..7]) && !shown.contains("99, 111, 114"), "{shown}");
    }
    let other = config.to_builder().secret("another secret of mine").build().unwrap();
    assert_ne!(config, other);
}
