use std::collections::{BTreeMap, VecDeque};

use session_core::{OpenSession, session::Flash};

/// A value: a number, or a text, which is not a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Number(u32),
    Text,
}

pub(super) const TEXT: &str = "a text and no number";

/// The content of a session, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) values: BTreeMap<&'static str, Value>,
    pub(super) flashes: VecDeque<String>,
}

pub(super) const KEYS: [&str; 4] = ["a", "b", "c", "d"];

impl Snapshot {
    /// Takes a snapshot of a session, which does not change.
    pub(super) fn of(session: &OpenSession) -> Self {
        let value = |key: &&'static str| {
            let value = match session.get::<u32>(key) {
                Ok(number) => Value::Number(number?),
                Err(_) => {
                    assert_eq!(session.get::<String>(key).expect("it is a text").as_deref(), Some(TEXT));
                    Value::Text
                }
            };
            Some((*key, value))
        };
        let values: BTreeMap<_, _> = KEYS.iter().filter_map(value).collect();
        assert!(session.keys().iter().eq(values.keys()), "there is another key");
        let flashes: Option<Vec<Flash>> = session.get("_fl_").expect("they are messages");
        let flashes = flashes.unwrap_or_default().into_iter().map(|flash| flash.text).collect();
        Self { values, flashes }
    }
}
