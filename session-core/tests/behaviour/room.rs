//! What happens at the limits of a session, and how little a change takes.

use session_core::{
    OpenSession, SessionError, ValueError,
    exchange::{Exchange as _, Step, finish},
    store::{Applied, StoreErrorKind},
};

use crate::site::{Site, config, seconds, with};

fn operations(session: &OpenSession) -> String {
    format!("{session:?}").split_once("operations: ").unwrap().1.trim_end_matches(" }").to_owned()
}

#[test]
fn a_session_with_all_its_keys_signs_in_and_changes_its_id() {
    type Change = fn(&OpenSession) -> Result<(), SessionError>;
    let changes: [Change; 5] = [
        |session| session.login("ada"),
        OpenSession::rotate,
        |session| session.login("ada").and_then(|()| session.elevate(1)),
        |session| session.flash("info", "welcome"),
        |session| session.tokens().create("form", None).map(drop),
    ];
    for with_tokens in [false, true] {
        for change in changes {
            let mut site = Site::new(with(|settings| settings.limits.max_keys = 4));
            let session = site.open();
            if with_tokens {
                session.tokens().create("order", None).unwrap();
                session.flash("info", "one").unwrap();
            }
            for key in ["a", "b", "c", "d"] {
                session.set(key, 1).unwrap();
            }
            site.save(&session).unwrap();
            let session = site.open();
            assert_eq!(session.set("e", 1), Err(ValueError::TooManyKeys { limit: 4 }.into()));
            change(&session).unwrap();
            site.save(&session).unwrap();
            let session = site.open();
            assert_eq!(session.keys(), ["a", "b", "c", "d"]);
            assert_eq!(session.set("e", 1), Err(ValueError::TooManyKeys { limit: 4 }.into()));
            session.remove("a").unwrap();
            session.set("e", 1).unwrap();
        }
    }
}

#[test]
fn a_request_that_only_reads_never_fails_for_the_size_of_its_session() {
    let rules = |settings: &mut session_core::config::Settings| {
        settings.limits.max_bytes = 1024;
        settings.rotate_after = Some(seconds(60));
    };
    // The lineage grows for eight writes. One of these sizes is the largest that fits.
    for length in 700..1000 {
        let mut site = Site::with_session(with(rules));
        let session = site.open();
        session.set("text", "x".repeat(length)).unwrap();
        if site.save(&session).is_err() {
            continue;
        }
        for _ in 0..12 {
            site.pass(60);
            let session = site.open();
            assert_eq!(session.get::<String>("text").unwrap().map(|text| text.len()), Some(length));
            site.save(&session).unwrap();
        }
    }
}

#[test]
fn a_sign_out_needs_no_room() {
    let mut site = Site::with_session(config());
    site.sign_in("ada");
    let session = site.open();
    session.logout().unwrap();
    session.flash("info", "good bye").unwrap();
    site.world(|world| world.failures = vec![(StoreErrorKind::OutOfSpace, Applied::No)]);
    site.save(&session).unwrap();
    assert!(site.cookie.is_empty() && site.world(|world| world.sessions()).is_empty());
}

#[test]
fn a_label_has_a_limit_of_its_own() {
    let session = Site::new(config()).open();
    let limit = OpenSession::MAX_LABEL_BYTES;
    session.set_label(Some(&"x".repeat(limit))).unwrap();
    let found = limit + 1;
    let error = session.set_label(Some(&"x".repeat(found))).unwrap_err();
    assert_eq!(error, ValueError::Label { limit, found }.into());
}

#[test]
fn messages_that_nobody_takes_make_room_for_new_ones() {
    let mut site = Site::with_session(with(|settings| settings.limits.max_bytes = 4096));
    for length in [1, 200, 900] {
        for number in 0..120 {
            let session = site.open();
            session.flash("info", format!("{number:03}{}", "x".repeat(length))).unwrap();
            site.save(&session).unwrap();
        }
        let messages = site.open().take_flashes().unwrap();
        assert!(
            messages.len() <= OpenSession::MAX_FLASHES && messages.last().unwrap().text.starts_with("119")
        );
        assert_eq!(
            messages.len(),
            match length {
                1 => OpenSession::MAX_FLASHES,
                200 => 4,
                _ => 1,
            }
        );
    }
}

#[test]
fn a_socket_that_sets_the_same_keys_again_keeps_few_operations() {
    let mut site = Site::with_session(config());
    let session = site.open();
    for number in 0..1_000_000_u32 {
        session.set("n", number).unwrap();
    }
    assert_eq!(operations(&session), "1");
    for number in 0..1000_u32 {
        session.set("x", number).unwrap();
        session.remove("y").unwrap();
        session.set("y", number).unwrap();
    }
    assert_eq!(operations(&session), "3");
    // What is in between must keep its place.
    session.update("x", |x: &mut u32| *x += 1).unwrap();
    session.set("x", 7).unwrap();
    assert_eq!(operations(&session), "5");
    site.save(&session).unwrap();
    let stored = site.open();
    assert_eq!(
        ["n", "x", "y"].map(|key| stored.get::<u32>(key).unwrap()),
        [Some(999_999), Some(7), Some(999)]
    );
}

#[test]
fn a_value_that_is_set_again_while_it_is_being_saved_is_saved_again() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.set("n", 2).unwrap();
    let Step::Ask(saving) = finish(&session, site.now()).unwrap() else { panic!("nothing to save") };
    session.set("n", 3).unwrap();
    let answer = site.world(|world| world.perform(&saving.call()));
    let Step::Done(_) = saving.answer(Ok(answer)).unwrap() else { panic!("not saved") };
    assert_eq!((session.get("n"), session.is_changed(), site.n()), (Ok(Some(3)), true, Some(2)));
    site.save(&session).unwrap();
    assert_eq!(site.n(), Some(3));
}

#[test]
fn removing_what_is_not_there_wins_against_a_set() {
    let changes: [fn(&OpenSession); 2] =
        [|session| assert!(!session.remove("x").unwrap()), |session| session.clear().unwrap()];
    for change in changes {
        let mut site = Site::with_session(config());
        let session = site.open();
        session.remove("n").unwrap();
        site.save(&session).unwrap();
        let (remover, setter) = (site.open(), site.open());
        change(&remover);
        setter.set("x", 1).unwrap();
        site.save(&setter).unwrap();
        site.save(&remover).unwrap();
        assert_eq!(site.open().get::<u32>("x").unwrap(), None);
    }
    let site = Site::new(config());
    let session = site.open();
    session.remove("x").unwrap();
    assert_eq!(session.take::<u32>("y").unwrap(), None);
    assert_eq!(operations(&session), "1", "nothing was taken, so nothing is removed");
}

#[test]
fn a_hundred_writers_of_one_session_all_succeed() {
    let site = Site::with_session(config());
    let mut writers: Vec<_> = (0..100)
        .map(|_| {
            let session = site.open();
            session.update("n", |n: &mut u32| *n += 1).unwrap();
            match finish(&session, site.now()).unwrap() {
                Step::Ask(saving) => saving,
                Step::Done(_) => panic!("nothing to save"),
            }
        })
        .collect();
    // All write at the same moment, and one of them wins.
    while !writers.is_empty() {
        let answers: Vec<_> =
            writers.iter().map(|saving| site.world(|world| world.perform(&saving.call()))).collect();
        let steps =
            writers.into_iter().zip(answers).map(|(saving, answer)| saving.answer(Ok(answer)).unwrap());
        writers =
            steps.filter_map(|step| if let Step::Ask(saving) = step { Some(saving) } else { None }).collect();
    }
    assert_eq!(site.n(), Some(101));
}

#[test]
fn a_change_that_fails_hides_no_token_that_another_request_took() {
    let mut site = Site::with_session(config());
    let session = site.open();
    let text = session.tokens().text("order").unwrap();
    site.save(&session).unwrap();
    let (one, two) = (site.open(), site.open());
    two.update("n", |n: &mut u32| *n += 1).unwrap();
    two.tokens().claim("order", text.as_str()).unwrap();
    two.destroy();
    one.set("n", "no number any more").unwrap();
    one.tokens().claim("order", text.as_str()).unwrap();
    site.save(&one).unwrap();
    let error = site.save(&two).unwrap_err();
    assert!(matches!(error, SessionError::TokenSpent), "{error:?}");
    assert!(site.open().is_new());
}
