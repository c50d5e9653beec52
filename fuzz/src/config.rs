//! Any text as a configuration file: an error that names its fields, or a configuration that works and stays the same when
//! it is written and read again, from a file and from variables.

use serde_json::Value;
use session_core::{
    SessionConfig, Visit,
    cookie::SetCookie,
    id::{CookieId, Generator},
    internal::candidates,
};

pub fn run(input: &[u8]) {
    let text = input.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let config = match serde_json::from_str::<SessionConfig>(text) {
        Ok(config) => config,
        Err(error) => return drop(error.to_string()),
    };
    let written = serde_json::to_string(&config).expect("a configuration can be written");
    let from_file = serde_json::from_str::<SessionConfig>(&written).expect("what is written can be read");
    let variables = variables(&serde_json::from_str(&written).expect("what is written is JSON"));
    let from_vars = SessionConfig::from_vars("S_", variables).expect("variables can say what a file says");
    for again in [from_file, from_vars] {
        assert!(again.secrets.is_empty(), "the secret is in the file");
        let again = again.change(|settings| settings.secrets.clone_from(&config.secrets));
        assert_eq!(config, again.expect("the secret was valid"));
    }
    send_a_cookie(&config);
}

fn variables(written: &Value) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for (name, value) in written.as_object().expect("a configuration is a table") {
        let name = format!("S_{}", name.to_uppercase());
        match value {
            Value::Object(table) => variables.extend(table.iter().filter_map(|(inner, value)| {
                Some((format!("{name}_{}", inner.to_uppercase()), text(value)?))
            })),
            _ => variables.extend(text(value).map(|text| (name, text))),
        }
    }
    variables
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().filter_map(text).collect::<Vec<_>>().join(",")),
        _ => Some(value.to_string()),
    }
}

fn send_a_cookie(config: &SessionConfig) {
    let id = CookieId::generate(config.algorithm, None, &Generator).expect("the system has entropy");
    let set = SetCookie::Set { id: id.clone(), max_age: Some(config.idle) };
    let header = set.header(&config.cookie).expect("there is something to send");
    assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "no header value");
    let (pair, _) = header.split_once(';').expect("there are attributes");
    assert_eq!(candidates(&Visit::new().cookie(pair.as_bytes()), config), [id]);
}
