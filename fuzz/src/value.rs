//! Any bytes as a value of any codec, read as many types: no panic, and a value that is read stays the same when it is
//! written and read again.

use std::{collections::BTreeMap, fmt::Debug};

use crate::session_with;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use session_core::OpenSession;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Cart {
    owner: Option<String>,
    lines: Vec<(String, u32)>,
    note: Note,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Note {
    None,
    Text(String),
    Gift { from: String, wrapped: bool },
}

pub fn run(input: &[u8]) {
    let [codec, value @ ..] = input else { return };
    let session = session_with(1 + codec % 3, value);
    read::<bool>(&session);
    read::<u8>(&session);
    read::<i64>(&session);
    read::<u128>(&session);
    read::<char>(&session);
    read::<String>(&session);
    read::<(u8, String)>(&session);
    read::<Vec<u8>>(&session);
    read::<Vec<String>>(&session);
    read::<BTreeMap<String, u32>>(&session);
    read::<Cart>(&session);
    read::<Note>(&session);
    // A NaN is not equal to itself.
    let _ = session.get::<f64>("value");
    let _ = session.get::<serde_json::Value>("value");
    let _ = session.to_json();
}

fn read<T: Serialize + DeserializeOwned + PartialEq + Debug>(session: &OpenSession) {
    let Ok(value) = session.get::<T>("value") else { return };
    let value = value.expect("the key is there");
    session.set("copy", &value).expect("what was read can be written");
    assert_eq!(session.get::<T>("copy").expect("what was written can be read"), Some(value));
}
