//! Keys with a type, changes that may be refused, and what happens when a type changes between two releases.

use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
};

use serde::{Deserialize, Serialize};
use session_core::{
    SessionConfig, SessionError, ValueError,
    config::Codec,
    session::{Key, SignInRequired, TokenVerdict},
};

use crate::site::{Site, config};

const SEATS: Key<u32> = Key::new("seats");
const NAMES: Key<Vec<String>> = Key::new("names");

#[derive(Debug, Clone, PartialEq)]
struct TooMany(u32);

/// At most four seats.
fn book(number: u32) -> impl FnOnce(&mut u32) -> Result<u32, TooMany> + Clone + Send + Sync + 'static {
    move |seats| {
        *seats += number;
        if *seats > 4 { Err(TooMany(*seats)) } else { Ok(*seats) }
    }
}

#[test]
fn a_key_and_its_name_are_one_value() {
    let session = Site::new(config()).open();
    session.set(SEATS, 3).unwrap();
    assert_eq!(session.get("seats").unwrap(), Some(3_u32));
    assert_eq!(session.get::<u32>("seats").unwrap(), Some(3));
    let name = String::from("seats");
    assert_eq!(session.get(&name).unwrap(), Some(3_u32));
    session.set("seats", 4_u32).unwrap();
    assert_eq!(session.take(SEATS).unwrap(), Some(4));
    assert!(!session.contains(SEATS) && !session.remove(SEATS).unwrap());
    assert_eq!((session.get(SEATS).unwrap(), session.get_or_default(SEATS).unwrap()), (None, 0));
}

#[test]
fn a_key_names_a_token_too_and_the_two_do_not_meet() {
    let mut site = Site::new(config());
    let session = site.open();
    session.set(SEATS, 3).unwrap();
    let (order, form) =
        (session.tokens().create(SEATS, None).unwrap(), session.tokens().text(SEATS).unwrap());
    assert!(session.tokens().verify("seats", form.as_str()).unwrap());
    assert_eq!(session.tokens().check(SEATS, order.as_str()).unwrap(), TokenVerdict::Good);
    site.save(&session).unwrap();
    let session = site.open();
    assert!(site.sessions.consume(&session, SEATS, order.as_str(), site.now()).unwrap());
    assert!(session.tokens().read(SEATS).unwrap().is_none() && !session.tokens().remove(SEATS).unwrap());
    assert_eq!(session.get(SEATS).unwrap(), Some(3));
}

#[test]
fn an_update_uses_up_what_it_has_captured_and_returns_what_it_likes() {
    let session = Site::new(config()).open();
    for (name, place) in [("Ada", 1), ("Grace", 2)] {
        let name = name.to_owned();
        let told = session.update(NAMES, move |names| {
            names.push(name);
            format!("place {}", names.len())
        });
        assert_eq!(told.unwrap(), format!("place {place}"));
    }
    assert_eq!(session.get(NAMES).unwrap().unwrap(), ["Ada", "Grace"]);
}

#[test]
fn a_refused_change_is_none() {
    let mut site = Site::new(config());
    let session = site.open();
    assert_eq!(session.try_update(SEATS, book(5)), Ok(Err(TooMany(5))));
    assert!(!session.is_changed() && !session.contains(SEATS));
    assert_eq!(session.try_update(SEATS, book(3)), Ok(Ok(3)));
    assert_eq!(session.try_update(SEATS, book(2)), Ok(Err(TooMany(5))));
    site.save(&session).unwrap();
    assert_eq!(site.open().get(SEATS).unwrap(), Some(3));
}

#[test]
fn a_change_that_is_refused_after_a_conflict_is_told_and_asked_again_gives_the_own_error() {
    let mut site = Site::with_session(config());
    let (fast, slow) = (site.open(), site.open());
    assert_eq!(fast.try_update(SEATS, book(3)), Ok(Ok(3)));
    assert_eq!(slow.try_update(SEATS, book(2)), Ok(Ok(2)));
    slow.set("theme", "dark").unwrap();
    site.save(&fast).unwrap();
    let told = site.save(&slow);
    assert!(matches!(&told, Err(SessionError::Refused { key }) if key == "seats"), "{told:?}");
    assert_eq!(site.open().get::<String>("theme").unwrap(), None, "nothing of it was stored");
    assert_eq!(slow.try_update(SEATS, book(2)), Ok(Err(TooMany(5))));
    site.save(&slow).unwrap();
    let session = site.open();
    assert_eq!(session.get(SEATS).unwrap(), Some(3));
    assert_eq!(session.get::<String>("theme").unwrap().as_deref(), Some("dark"), "the rest can be saved");
}

#[test]
fn captured_values_are_there_again_after_a_conflict() {
    let mut site = Site::with_session(config());
    let (fast, slow) = (site.open(), site.open());
    for (session, name) in [(&fast, "Ada"), (&slow, "Grace")] {
        let name = name.to_owned();
        session.update(NAMES, move |names| names.push(name)).unwrap();
    }
    site.save(&fast).unwrap();
    site.save(&slow).unwrap();
    assert_eq!(site.open().get(NAMES).unwrap().unwrap(), ["Ada", "Grace"]);
}

#[test]
fn a_key_shows_its_name_and_its_type() {
    assert_eq!(format!("{SEATS:?}"), r#"Key<u32>("seats")"#);
}

#[test]
fn an_owner_is_what_the_application_calls_it_or_an_error_that_names_the_type() {
    let session = Site::new(config()).open();
    assert_eq!(session.owner_as::<u64>(), Ok(None));
    assert_eq!(session.require_owner(), Err(SignInRequired::NotSignedIn.into()));
    session.login(42).unwrap();
    assert_eq!((session.owner_as(), session.owner_as()), (Ok(Some(42_u64)), Ok(Some("42".to_owned()))));
    session.login("ada").unwrap();
    assert_eq!(session.owner_as::<u64>(), Err(ValueError::OwnerType { expected: "u64" }.into()));
    assert_eq!(session.require_owner().as_deref(), Ok("ada"), "it costs nobody the sign-in");
}

#[test]
fn an_update_keeps_within_the_limits() {
    let config = SessionConfig::with(|settings| {
        settings.limits.max_bytes = 1024;
        settings.limits.max_key_bytes = 64;
        settings.limits.max_keys = 4;
    });
    let session = Site::new(config.unwrap()).open();
    let long = "x".repeat(2000);
    let told = session.update(NAMES, move |names| names.push(long));
    assert!(matches!(told, Err(SessionError::Value(ValueError::TooLarge { limit: 1024, .. }))), "{told:?}");
    assert!(!session.contains(NAMES));
    let add = |key: &str| session.update(key, |value: &mut u8| *value += 1);
    for key in ["a", "b", "c", "d"] {
        add(key).unwrap();
    }
    assert_eq!(add("e"), Err(ValueError::TooManyKeys { limit: 4 }.into()));
    add("d").unwrap();
    assert_eq!(session.get("d").unwrap(), Some(2_u8), "a key that is there needs no room");
}

#[test]
fn nothing_is_updated_in_a_session_that_was_destroyed() {
    let session = Site::new(config()).open();
    session.destroy();
    assert_eq!(session.update(SEATS, |seats| *seats += 1), Err(SessionError::Destroyed));
    assert_eq!(session.try_update(SEATS, book(1)), Err(SessionError::Destroyed));
    assert_eq!(session.get(SEATS).unwrap(), None);
}

#[test]
fn an_update_after_a_save_is_dropped_with_the_other_changes() {
    let mut site = Site::new(config());
    let session = site.open();
    session.set(SEATS, 1).unwrap();
    site.save(&session).unwrap();
    session.update(SEATS, |seats| *seats += 1).unwrap();
    session.discard();
    assert_eq!((session.get(SEATS).unwrap(), session.is_changed()), (Some(1), false));
}

#[test]
fn an_update_that_another_thread_overtakes_runs_again_on_what_that_one_wrote() {
    let session = Site::new(config()).open();
    let (begun, when_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let may_go_on = Arc::new(Mutex::new(may_go_on));
    let clone = session.clone();
    let slow = thread::spawn(move || {
        clone.update(SEATS, move |seats| {
            // The second run finds both ends closed.
            let _told = begun.send(());
            let _waited = may_go_on.lock().unwrap().recv();
            *seats += 1;
        })
    });
    when_begun.recv().unwrap();
    session.set(SEATS, 10).unwrap();
    drop((when_begun, go_on));
    slow.join().unwrap().unwrap();
    assert_eq!(session.get(SEATS).unwrap(), Some(11));
}

/// The same value in two releases of an application.
mod release {
    use super::{Deserialize, Key, Serialize};

    pub const ONE: Key<One> = Key::new("profile");
    pub const TWO: Key<Two> = Key::new("profile");

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct One {
        pub name: String,
        pub visits: u8,
        pub gone: bool,
    }

    /// A field more, a field less, a field with another name, a wider number, an option.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Two {
        #[serde(alias = "name")]
        pub full_name: Option<String>,
        pub visits: u64,
        #[serde(default)]
        pub theme: String,
    }
}

#[test]
fn a_new_release_reads_what_the_old_one_wrote() {
    for codec in [Codec::MessagePack, Codec::Json] {
        let config = SessionConfig::with(|settings| settings.codec = codec).unwrap();
        let mut site = Site::new(config);
        let session = site.open();
        session.set(release::ONE, release::One { name: "Ada".into(), visits: 3, gone: true }).unwrap();
        site.save(&session).unwrap();
        let read = site.open().get(release::TWO).unwrap().unwrap();
        assert_eq!(
            read,
            release::Two { full_name: Some("Ada".into()), visits: 3, theme: String::new() },
            "{codec:?}"
        );
    }
}

#[test]
fn a_value_of_another_type_is_told_with_key_and_type_and_costs_nothing_else() {
    for codec in [Codec::MessagePack, Codec::Json, Codec::Bincode] {
        let config = SessionConfig::with(|settings| settings.codec = codec).unwrap();
        let mut site = Site::new(config);
        let session = site.open();
        session.login("ada").unwrap();
        session.set(NAMES, vec!["Ada".into()]).unwrap();
        session.set(SEATS, 2).unwrap();
        site.save(&session).unwrap();
        let session = site.open();
        let other: Key<(bool, bool, bool)> = Key::new(NAMES.name());
        let changed = session.update(other, |value| value.0 = true);
        for told in [session.get(other).map(drop), session.take(other).map(drop), changed] {
            let told = told.unwrap_err();
            assert_eq!(told.to_string(), "the value of session key \"names\" is not a (bool, bool, bool)");
        }
        session.update(SEATS, |seats| *seats += 1).unwrap();
        site.save(&session).unwrap();
        let session = site.open();
        assert_eq!(session.owner().as_deref(), Some("ada"));
        assert_eq!((session.get(NAMES).unwrap().unwrap().len(), session.get(SEATS).unwrap()), (1, Some(3)));
    }
}
