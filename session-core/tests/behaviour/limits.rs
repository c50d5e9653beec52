use std::collections::HashMap;

use serde::{Serialize, Serializer, ser::Error as _};
use session_core::{SessionError, ValueError, config::Codec};

use crate::site::{Site, config, with};

#[test]
fn a_limit_is_named_before_anything_changes() {
    let site = Site::new(with(|settings| {
        settings.limits.max_bytes = 2000;
        settings.limits.max_keys = 4;
        settings.limits.max_key_bytes = 10;
    }));
    let session = site.open();
    assert_eq!(
        session.set("k", "x".repeat(2000)),
        Err(ValueError::TooLarge { size: 2004, limit: 2000, largest: "k".to_owned() }.into())
    );
    assert_eq!(session.set("elevenbytes", 1), Err(ValueError::Key { limit: 10, found: 11 }.into()));
    assert_eq!(session.set("", 1), Err(ValueError::Key { limit: 10, found: 0 }.into()));
    for key in ["a", "b", "c", "d"] {
        session.set(key, 1).unwrap();
    }
    assert_eq!(session.set("e", 1), Err(ValueError::TooManyKeys { limit: 4 }.into()));
    session.set("d", 2).unwrap();
    assert_eq!(session.keys(), ["a", "b", "c", "d"]);
}

#[test]
fn a_session_that_would_pass_the_limit_only_as_a_record_is_not_stored() {
    let mut site = Site::with_session(with(|settings| settings.limits.max_bytes = 1024));
    let session = site.open();
    session.set("k", "x".repeat(980)).unwrap();
    let error = site.save(&session).unwrap_err();
    assert!(matches!(error, SessionError::Value(ValueError::TooLarge { limit: 1024, .. })), "{error}");
    assert!(!site.open().contains("k"));
}

#[test]
fn the_key_that_takes_most_room_is_named_whichever_value_was_one_too_many() {
    let site = Site::new(with(|settings| settings.limits.max_bytes = 2000));
    let session = site.open();
    session.set("log", "x".repeat(1500)).unwrap();
    let told = |key: &str, length| session.set(key, "x".repeat(length)).unwrap_err().to_string();
    for (key, length, largest) in [("theme", 600, "log"), ("cart", 1600, "cart"), ("log", 2100, "log")] {
        let error = told(key, length);
        assert!(error.contains(&format!("under the key {largest:?}")), "{error}");
        assert!(error.contains("limits.max_bytes") && error.contains("the limit is 2000"), "{error}");
    }
    let error = session.flash("info", "x".repeat(1000)).unwrap_err().to_string();
    assert!(error.contains("\"log\""), "{error}");
}

#[test]
fn two_requests_that_pass_the_limit_together_are_told() {
    let mut site = Site::with_session(with(|settings| settings.limits.max_keys = 4));
    let (one, two) = (site.open(), site.open());
    for key in ["a", "b"] {
        one.set(key, 1).unwrap();
    }
    for key in ["c", "d"] {
        two.set(key, 1).unwrap();
    }
    site.save(&one).unwrap();
    assert!(matches!(site.save(&two), Err(SessionError::Value(ValueError::TooManyKeys { limit: 4 }))));
    assert_eq!(site.open().keys(), ["a", "b", "n"]);
}

#[test]
fn reserved_keys_are_refused_and_cleared_around() {
    let site = Site::new(config());
    let session = site.open();
    for key in ["_fp_", "_tk_", "_fl_"] {
        assert_eq!(session.set(key, 1), Err(ValueError::Reserved { key: key.to_owned() }.into()));
        assert!(session.remove(key).is_err() && session.take::<u32>(key).is_err());
        assert!(session.update(key, |n: &mut u32| *n = 1).is_err());
    }
    session.set("n", 1).unwrap();
    session.tokens().create("t", None).unwrap();
    session.clear().unwrap();
    assert_eq!((session.keys().len(), session.tokens().names().unwrap().len()), (0, 1));
}

#[test]
fn a_value_of_another_type_is_an_error_and_stays() {
    let mut site = Site::with_session(config());
    let session = site.open();
    assert!(matches!(session.get::<String>("n"), Err(SessionError::Value(ValueError::Decode { .. }))));
    assert!(matches!(session.take::<String>("n"), Err(SessionError::Value(ValueError::Decode { .. }))));
    assert!(session.update("n", |_: &mut String| ()).is_err());
    site.save(&session).unwrap();
    assert_eq!(site.n(), Some(1));
}

#[test]
fn a_value_that_cannot_be_encoded_changes_nothing() {
    struct Stubborn;
    impl Serialize for Stubborn {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("no"))
        }
    }
    for codec in [Codec::MessagePack, Codec::Json, Codec::Bincode] {
        let site = Site::with_session(with(|settings| settings.codec = codec));
        let session = site.open();
        assert!(matches!(session.set("n", Stubborn), Err(SessionError::Value(ValueError::Encode { .. }))));
        assert_eq!((session.get("n"), session.is_changed()), (Ok(Some(1)), false));
    }
    let site = Site::new(with(|settings| settings.codec = Codec::Json));
    assert!(site.open().set("map", HashMap::from([((1, 2), 3)])).is_err());
}

#[test]
fn a_session_keeps_its_codec_when_the_configuration_changes() {
    let mut site = Site::with_session(with(|settings| settings.codec = Codec::Json))
        .reconfigured(with(|settings| settings.codec = Codec::Bincode));
    let session = site.open();
    session.update("n", |n: &mut u32| *n += 1).unwrap();
    session.set("text", "new").unwrap();
    site.save(&session).unwrap();
    let session = site.open();
    assert_eq!((session.get("n"), session.get("text")), (Ok(Some(2)), Ok(Some("new".to_owned()))));
}
