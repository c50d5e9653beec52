//! A session as JSON, for an inspection: what an operator sees of each type.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, SocketAddr},
    time::{Duration, SystemTime},
};

use serde::{Serialize, Serializer, de::DeserializeOwned};
use serde_json::json;
use session_core::config::Codec;

use crate::site::{Site, with};

/// A UUID, as the crate `uuid` writes it.
struct Uuid([u8; 16]);

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

#[derive(Serialize)]
enum Shape {
    Point,
    Circle(f32),
    Line(i8, i8),
    Box { wide: u8 },
}

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Meters(f64);

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
enum Size {
    Small,
}

fn of(codec: Codec, value: impl Serialize) -> serde_json::Value {
    let site = Site::new(with(|settings| settings.codec = codec));
    let session = site.open();
    session.set("before", 1).unwrap();
    session.set("value", value).unwrap();
    let mut shown = session.to_json().unwrap();
    assert_ne!(shown["before"], json!(null), "one value hides no other");
    shown["value"].take()
}

#[test]
fn what_both_codecs_can_say_is_shown_alike() {
    let duration = Duration::new(90, 5);
    for codec in [Codec::MessagePack, Codec::Json] {
        is(
            of(codec, (true, 1u8, -2i64, u64::MAX, 1.5f32, 'x', "text", ())),
            json!([true, 1, -2, u64::MAX, 1.5, "x", "text", null]),
        );
        is(of(codec, duration), json!({"secs": 90, "nanos": 5}));
        is(
            of(codec, SystemTime::UNIX_EPOCH + duration),
            json!({"secs_since_epoch": 90, "nanos_since_epoch": 5}),
        );
        let shapes = [Shape::Point, Shape::Circle(0.5), Shape::Line(1, -1), Shape::Box { wide: 3 }];
        is(of(codec, shapes), json!(["Point", {"Circle": 0.5}, {"Line": [1, -1]}, {"Box": {"wide": 3}}]));
        is(of(codec, (Some(Some(1)), Some(None::<u8>), None::<Option<u8>>)), json!([1, null, null]));
        is(of(codec, ((), Meters(2.5))), json!([null, 2.5]));
        is(of(codec, BTreeSet::from([2, 1])), json!([1, 2]));
        is(of(codec, BTreeMap::from([(7, "a"), (-8, "b")])), json!({"7": "a", "-8": "b"}));
        is(of(codec, BTreeMap::from([(Size::Small, 1)])), json!({"Small": 1}));
        is(of(codec, vec![1u8, 2]), json!([1, 2]));
    }
}

#[track_caller]
fn is(value: serde_json::Value, expected: serde_json::Value) {
    assert_eq!(value, expected);
}

#[test]
fn what_json_has_no_form_for_is_shown_as_what_it_is() {
    let pack = Codec::MessagePack;
    is(of(pack, Uuid([0xab; 16])), json!({"bytes": "ab".repeat(16)}));
    let (four, six) = ("127.0.0.1".parse::<IpAddr>().unwrap(), "::1".parse::<IpAddr>().unwrap());
    is(of(pack, four), json!({"V4": [127, 0, 0, 1]}));
    is(of(pack, six), json!({"V6": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]}));
    is(of(pack, "127.0.0.1:80".parse::<SocketAddr>().unwrap()), json!({"V4": [[127, 0, 0, 1], 80]}));
    is(of(pack, u128::MAX), json!({"bytes": "ff".repeat(16)}));
    is(of(pack, -1i128), json!({"bytes": "ff".repeat(16)}));
    is(of(pack, [f64::NAN, f64::INFINITY, f64::NEG_INFINITY]), json!(["NaN", "inf", "-inf"]));
    is(of(pack, f32::NAN), json!("NaN"));
    is(of(pack, Unit), json!([]));
    is(of(pack, BTreeMap::from([((1, "a"), true)])), json!({"[1,\"a\"]": true}));
    is(of(pack, BTreeMap::from([(Some(true), 1), (None, 0)])), json!({"true": 1, "null": 0}));

    let text = Codec::Json;
    is(of(text, Uuid([1; 16])), json!([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]));
    is(of(text, (four, six)), json!(["127.0.0.1", "::1"]));
    is(of(text, u128::from(u64::MAX) * 10), json!(184_467_440_737_095_516_150.0));
    is(of(Codec::Bincode, four), json!({"bincode_bytes": 5}));
}

#[test]
fn what_is_shown_otherwise_is_read_as_it_was_written() {
    fn read<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug + Clone>(value: &T) {
        for codec in [Codec::MessagePack, Codec::Json, Codec::Bincode] {
            let site = Site::new(with(|settings| settings.codec = codec));
            let session = site.open();
            session.set("value", value.clone()).unwrap();
            assert_eq!(session.get::<T>("value").unwrap().as_ref(), Some(value), "{codec:?}");
        }
    }
    read(&u128::MAX);
    read(&i128::MIN);
    read(&"::1".parse::<IpAddr>().unwrap());
    read(&"127.0.0.1:80".parse::<SocketAddr>().unwrap());
    read(&Duration::MAX);
    read(&SystemTime::UNIX_EPOCH);
    read(&BTreeMap::from([(7, "a".to_owned())]));
}
