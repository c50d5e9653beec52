use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::{
    super::{SessionConfig, Settings},
    full, read,
};

#[test]
fn every_invalid_field_is_named() {
    let long = "x".repeat(256);
    let cases = [
        ("idle", json!({ "idle": "999ms", "touch_after": 0, "grace": 0 })),
        ("idle", json!({ "idle": -5 })),
        ("idle", json!({ "idle": 300.5 })),
        ("idle", json!({ "idle": "300" })),
        ("idle", json!({ "idle": { "seconds": 300 } })),
        ("anonymous_idle", json!({ "anonymous_idle": "999ms" })),
        ("anonymous_idle", json!({ "anonymous_idle": "9s" })),
        ("anonymous_idle", json!({ "anonymous_idle": "13h" })),
        ("anonymous_idle", json!({ "anonymous_idle": "soon" })),
        ("absolute", json!({ "absolute": 299 })),
        ("absolute", json!({ "absolute": "36501d" })),
        ("absolute", json!({ "absolute": "12 h" })),
        ("touch_after", json!({ "touch_after": 300 })),
        ("touch_after", json!({ "touch_after": true })),
        ("rotate_after", json!({ "rotate_after": 9 })),
        ("rotate_after", json!({ "rotate_after": "12h" })),
        ("rotate_after", json!({ "rotate_after": 0, "grace": 0 })),
        ("grace", json!({ "grace": 301 })),
        ("grace", json!({ "grace": "10 seconds" })),
        ("on_reuse", json!({ "on_reuse": "destroy" })),
        ("on_unreadable", json!({ "on_unreadable": "fresh" })),
        ("algorithm", json!({ "algorithm": "md5" })),
        ("algorithm", json!({ "algorithm": 512 })),
        ("codec", json!({ "codec": "php" })),
        ("limits", json!({ "limits": 5 })),
        ("limits.max_bytes", json!({ "limits": { "max_bytes": 1023 } })),
        ("limits.max_bytes", json!({ "limits": { "max_bytes": 16_777_216 } })),
        ("limits.max_bytes", json!({ "limits": { "max_bytes": "1 MiB" } })),
        ("limits.max_keys", json!({ "limits": { "max_keys": 3 } })),
        ("limits.max_keys", json!({ "limits": { "max_keys": 65_537 } })),
        ("limits.max_key_bytes", json!({ "limits": { "max_key_bytes": 0 } })),
        ("limits.max_key_bytes", json!({ "limits": { "max_key_bytes": 1_048_576 } })),
        ("secrets", json!({ "secret": "fifteen bytes.." })),
        ("secrets", json!({ "secret": 1_234_567_890_123_456_u64 })),
        ("secrets", json!({ "secrets": "a text and not a list" })),
        ("secrets", json!({ "secrets": ["a long enough secret", "a short one"] })),
        ("secrets", json!({ "secrets": ["a long enough secret", "a long enough secret"] })),
        ("cookie", json!({ "cookie": ["AloSession"] })),
        ("cookie.name", json!({ "cookie": "" })),
        ("cookie.name", json!({ "cookie": { "name": 5 } })),
        ("cookie.path", json!({ "cookie": { "path": "shop" } })),
        ("cookie.domain", json!({ "cookie": { "domain": ".example.org" } })),
        ("cookie.secure", json!({ "cookie": { "secure": "yes" } })),
        ("cookie.secure", json!({ "cookie": { "secure": false, "name": "__Host-id" } })),
        ("cookie.secure", json!({ "secure": 1 })),
        ("cookie.same_site", json!({ "cookie": { "same_site": "LAX" } })),
        ("cookie.same_site", json!({ "cookie": { "same_site": "None" }, "secure": false })),
        ("cookie.partitioned", json!({ "cookie": { "partitioned": true, "secure": false } })),
        ("cookie.partitioned", json!({ "cookie": { "partitioned": 0 } })),
        ("cookie.persistent", json!({ "cookie": { "persistent": "400d" } })),
        ("fingerprint", json!({ "fingerprint": true })),
        ("fingerprint.properties", json!({ "fingerprint": { "properties": "dnt" } })),
        ("fingerprint.properties", json!({ "fingerprint": { "properties": ["dnt", "referer"] } })),
        ("fingerprint.on_mismatch", json!({ "fingerprint": { "on_mismatch": "ignore" } })),
        ("fingerprint_key", json!({ "fingerprint_key": "" })),
        ("fingerprint_key", json!({ "fingerprint_key": long })),
        ("token_key", json!({ "token_key": "_fp_" })),
        ("flash_key", json!({ "flash_key": "_fp_" })),
        ("flash_key", json!({ "flash_key": "_tk_" })),
        ("prefix", json!({ "prefix": "{" })),
        ("prefix", json!({ "prefix": "}" })),
        ("prefix", json!({ "prefix": "geschäft" })),
        ("prefix", json!({ "prefix": long })),
        ("table", json!({ "table": "1st." })),
        ("table", json!({ "table": "a.b.c" })),
        ("table", json!({ "table": "" })),
        ("table", json!({ "table": "x`; DROP TABLE users" })),
        ("table", json!({ "table": format!("shop.{}", "x".repeat(65)) })),
        ("prefix", json!({ "prefix": "my shop:" })),
        ("sweep_one_in", json!({ "gc": -1 })),
        ("sweep_one_in", json!({ "gc": 10_001 })),
        ("sweep_one_in", json!({ "sweep_one_in": 4_294_967_296_u64 })),
        ("save_outside_http", json!({ "saveCLI": "no" })),
        ("save_outside_http", json!({ "save_outside_http": 0 })),
        ("conflict_retries", json!({ "conflict_retries": 1001 })),
        ("max_sessions", json!({ "max_sessions": 0 })),
        ("max_sessions", json!({ "max_sessions": {} })),
        ("id_header", json!({ "id_header": "" })),
        ("id_header", json!({ "id_header": "x_session_id" })),
        ("id_header", json!({ "id_header": "x-session\r\nset-cookie" })),
        ("id_header", json!({ "id_header": "Cookie" })),
        ("id_header", json!({ "id_header": "Authorization" })),
        ("id_header", json!({ "id_header": "content-TYPE" })),
        ("id_header", json!({ "id_header": "Sec-Session" })),
        ("id_header", json!({ "id_header": "x".repeat(65) })),
        ("on_full", json!({ "max_sessions": 3, "on_full": "evict" })),
        ("preset", json!({ "preset": "strict" })),
        ("preset", json!({ "preset": 2 })),
    ];
    let mut never_tried = BTreeSet::from(["secrets".to_owned()]);
    leaves(&full(), "", &mut never_tried);
    for (field, file) in cases {
        let message = read(&file).expect_err(field).to_string();
        let named = message.strip_prefix("invalid session configuration: ").unwrap();
        assert!(named.starts_with(&format!("{field} ")), "{file}: {message}");
        assert!(!named.contains("; "), "no other field is to blame: {file}: {message}");
        never_tried.remove(field);
    }
    assert_eq!(never_tried, BTreeSet::new());
}

#[test]
fn a_wrong_type_is_a_problem_of_its_field() {
    let mut fields = BTreeSet::from(["secrets".to_owned()]);
    leaves(&full(), "", &mut fields);
    for field in fields {
        for wrong in [json!({}), json!([[]]), json!(-1), json!(0.5)] {
            let file = match field.split_once('.') {
                Some((table, inner)) => json!({ table: { inner: wrong } }),
                None => json!({ &*field: wrong }),
            };
            let message = read(&file).expect_err(&field).to_string();
            let named = message.strip_prefix("invalid session configuration: ").unwrap();
            assert!(named.starts_with(&format!("{field} ")) && !named.contains("; "), "{file}: {message}");
        }
    }
}

#[test]
fn all_invalid_fields_are_named_at_once() {
    let file = json!({
        "idle": "soon", "absolute": 1, "secret": "short", "prefix": "}", "cookie": { "path": "x", "same_site": 3 },
    });
    let message = read(&file).unwrap_err().to_string();
    let fields = ["idle", "secrets", "prefix", "cookie.path", "cookie.same_site"];
    assert!(fields.iter().all(|field| message.contains(&format!("{field} "))), "{message}");
    assert!(!message.contains("absolute "), "idle is what is wrong: {message}");

    let invalid = invalid_fields(|settings| {
        settings.idle = Duration::from_nanos(1_000_000_001);
        settings.secrets = vec![(*b"short").into()];
        settings.table = "-".to_owned();
        settings.flash_key = "_tk_".to_owned();
    });
    assert_eq!(invalid, ["idle", "secrets", "flash_key", "table"]);
}

#[test]
fn what_is_given_wrong_is_not_blamed_on_another_field() {
    let endless = invalid_fields(|settings| settings.idle = Duration::from_secs(u64::MAX));
    assert_eq!(endless, ["idle"]);
    let misnamed = invalid_fields(|settings| {
        settings.cookie.name = "__host-id".to_owned();
        settings.cookie.secure = false;
    });
    assert_eq!(misnamed, ["cookie.name"]);
}

fn invalid_fields(change: impl FnOnce(&mut Settings)) -> Vec<String> {
    let error = SessionConfig::with(change).unwrap_err();
    error.fields.into_iter().map(|invalid| invalid.field.into()).collect()
}

fn leaves(table: &Value, prefix: &str, names: &mut BTreeSet<String>) {
    for (name, value) in table.as_object().unwrap() {
        match value {
            Value::Object(_) => leaves(value, &format!("{prefix}{name}."), names),
            _ => names.extend([format!("{prefix}{name}")]),
        }
    }
}
