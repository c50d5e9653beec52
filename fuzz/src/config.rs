//! Any text as a configuration file: an error that names its fields, or a configuration that works and survives being
//! written and read again.

use session_core::{
    SessionConfig, Visit,
    cookie::{SetCookie, candidates},
    id::{CookieId, Generator},
};

pub fn run(input: &[u8]) {
    let text = input.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let config = match serde_json::from_str::<SessionConfig>(text) {
        Ok(config) => config,
        Err(error) => return drop(error.to_string()),
    };
    let written = serde_json::to_string(&config).expect("a configuration can be written");
    let mut again: SessionConfig = serde_json::from_str(&written).expect("what is written can be read");
    if let Some(secret) = config.secret.as_deref() {
        assert!(again.secret.is_none(), "the secret is in the file");
        again = again.change(|settings| settings.secret = Some(secret.into())).expect("the secret was valid");
    }
    assert_eq!(config, again);
    send_a_cookie(&config);
}

fn send_a_cookie(config: &SessionConfig) {
    let id = CookieId::generate(config.algorithm, None, &Generator).expect("the system has entropy");
    let set = SetCookie::Set { id: id.clone(), max_age: Some(config.idle) };
    let header = set.header(&config.cookie).expect("there is something to send");
    assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "no header value");
    let (pair, _) = header.split_once(';').expect("there are attributes");
    assert_eq!(candidates(&Visit::new().cookie(pair.as_bytes()), config), [id]);
}
