//! What concerns the settings as a whole; what concerns one file stands in it.

mod file;
mod invalid;
mod presets;
mod round_trip;
mod vars;

use serde_json::{Value, json};

use super::SessionConfig;

fn read(file: &Value) -> Result<SessionConfig, serde_json::Error> {
    serde_json::from_value(file.clone())
}

/// A configuration without the place of its secret.
fn written(config: &SessionConfig) -> Value {
    let mut written = serde_json::to_value(config).unwrap();
    assert_eq!(written.as_object_mut().unwrap().remove("secrets"), Some(json!([])));
    written
}

/// Variables that say what this configuration says, the secret aside.
fn variables(config: &SessionConfig) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for (name, value) in written(config).as_object().unwrap() {
        match value {
            Value::Object(table) => {
                let named = table.iter().map(|(inner, value)| (format!("{name}_{inner}"), text(value)));
                variables.extend(named);
            }
            _ => variables.push((name.clone(), text(value))),
        }
    }
    variables.into_iter().filter_map(|(name, text)| Some((name.to_uppercase(), text?))).collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().filter_map(text).collect::<Vec<_>>().join(",")),
        _ => Some(value.to_string()),
    }
}

/// Every field with another value than its default.
fn full() -> Value {
    json!({
        "idle": 600, "anonymous_idle": 60, "absolute": 7200, "touch_after": "1500ms", "rotate_after": 3600, "grace": 20,
        "on_reuse": "end_family", "on_unreadable": "start_anew",
        "algorithm": "blake3", "codec": "json", "fingerprint_key": "f", "token_key": "t", "flash_key": "l",
        "prefix": "shop:", "table": "shop.sessions", "sweep_one_in": 0, "save_outside_http": true, "conflict_retries": 8,
        "max_sessions": 3, "on_full": "refuse", "id_header": "X-Session-Id",
        "limits": { "max_bytes": 2048, "max_keys": 16, "max_key_bytes": 32 },
        "cookie": {
            "name": "shop", "path": "/shop", "domain": "example.org", "secure": false, "same_site": "strict",
            "partitioned": false, "persistent": true,
        },
        "fingerprint": { "properties": ["browser", "network", "user_agent"], "on_mismatch": "report" },
    })
}
