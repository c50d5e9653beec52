//! Listing the sessions of an owner, and ending them one by one or together.

use std::{collections::BTreeSet, num::NonZeroU32, sync::Arc};

use session_core::{
    SessionError, Sessions, Timestamp, ValueError,
    config::SessionConfig,
    exchange::{self, Exchange as _, Step},
    id::{Digest, SessionHandle},
    session::{SessionInfo, SignInRequired},
    store::{Applied, Page, StoreError, StoreErrorKind},
};

use crate::{
    site::{Site, config, seconds, with},
    support::{Shared, ready},
};

/// Signs Ada in on three devices, ten seconds apart.
fn ada_on_three(config: SessionConfig) -> [Site; 3] {
    let first = Site::new(config);
    let mut devices = [first.elsewhere(), first.elsewhere(), first];
    for (device, label) in devices.iter_mut().zip(["phone", "tablet", "laptop"]) {
        let session = device.sign_in("ada");
        session.set_label(Some(label)).unwrap();
        device.save(&session).unwrap();
        device.pass(10);
    }
    devices
}

fn labels(site: &Site, owner: &str) -> Vec<String> {
    let listed = site.sessions.of(owner, site.now()).unwrap();
    listed.iter().map(|info| info.label.as_deref().unwrap_or("-").to_owned()).collect()
}

fn handle(site: &Site) -> SessionHandle {
    site.open().id_handle().unwrap()
}

fn is_in(site: &Site) -> bool {
    site.open().owner().is_some()
}

#[test]
fn an_owner_sees_each_device_newest_first_and_which_one_this_is() {
    let [phone, mut tablet, laptop] = ada_on_three(config());
    assert_eq!(labels(&laptop, "ada"), ["laptop", "tablet", "phone"]);
    assert!(labels(&laptop, "bob").is_empty() && labels(&laptop, "Ada").is_empty());
    let session = tablet.open();
    let listed = laptop.sessions.of("ada", laptop.now()).unwrap();
    assert_eq!([0, 1, 2].map(|at| listed[at].is(&session)), [false, true, false]);
    assert_eq!([0, 1, 2].map(|at| laptop.now().since(listed[at].created)), [10, 20, 30].map(seconds));
    assert_eq!(listed[2].authenticated, phone.open().authenticated());
    assert_eq!(listed[2].expires, laptop.now().after(seconds(270)));
    session.rotate().unwrap();
    tablet.save(&session).unwrap();
    assert_eq!(labels(&laptop, "ada"), ["laptop", "tablet", "phone"], "a new id is no new device");
}

#[test]
fn the_other_face_does_the_same() {
    let [phone, tablet, laptop] = ada_on_three(config());
    let sessions = Sessions::with_context(Shared::default(), Arc::clone(phone.sessions.context()));
    phone.world(|world| *sessions.store().0.lock().unwrap() = world.clone());
    let listed = |now: Timestamp| ready(sessions.of("ada", now)).unwrap().len();
    assert_eq!(listed(phone.now()), 3);
    assert!(ready(sessions.end("ada", handle(&phone))).unwrap());
    assert_eq!(ready(sessions.end_others(&tablet.open(), phone.now())).unwrap(), 1);
    assert_eq!(ready(sessions.end_all("ada")).unwrap(), 1);
    assert_eq!((listed(phone.now()), is_in(&laptop)), (0, true), "that was another store");
}

#[test]
fn an_owner_is_what_its_id_displays_on_both_faces() {
    let mut site = Site::new(config());
    let session = site.open();
    session.login(42).unwrap();
    site.save(&session).unwrap();
    let page = site.sessions.page(42, Page::default(), site.now()).unwrap();
    assert_eq!((site.sessions.of(42, site.now()).unwrap(), page.sessions.len()), (page.sessions, 1));
    let other = Sessions::with_context(Shared::default(), Arc::clone(site.sessions.context()));
    site.world(|world| *other.store().0.lock().unwrap() = world.clone());
    assert!(ready(other.end(42, handle(&site))).unwrap() && is_in(&site));
    assert_eq!(ready(other.page("42", Page::default(), site.now())).unwrap().sessions, []);
    assert_eq!((site.sessions.end_all(42).unwrap(), ready(other.end_all(42)).unwrap()), (1, 0));
}

#[test]
fn when_a_session_was_last_seen_is_known_to_the_resolution_of_touch_after() {
    // A session that is remembered has no idle deadline before its absolute one.
    for (remembered, unit) in [(None, 1), (Some(seconds(3000)), 10), (Some(seconds(30 * 86_400)), 120)] {
        let mut site = Site::new(with(|settings| {
            settings.idle = seconds(300);
            settings.touch_after = Some(seconds(30));
        }));
        let session = site.sign_in("ada");
        session.remember(remembered).unwrap();
        site.save(&session).unwrap();
        let signed_in = site.now();
        site.calls();
        for (pause, seen) in [(29, 0), (1, 30), (40, 70), (5, 70)] {
            site.pass(pause * unit);
            let session = site.open();
            site.save(&session).unwrap();
            let [ref info] = site.sessions.of("ada", site.now()).unwrap()[..] else { panic!("one") };
            let shown = info.last_seen.since(signed_in);
            // The store rounds to a millisecond, which stands for four seconds.
            assert!(seconds(seen * unit).abs_diff(shown) <= seconds(5), "{remembered:?}: {shown:?}");
        }
        assert!(site.calls().iter().all(|call| *call != "commit"), "a reader wrote the record");
    }
}

#[test]
fn noting_a_use_never_fails_a_request_and_loses_no_write() {
    let mut site = Site::new(config());
    let session = site.sign_in("ada");
    session.remember(seconds(3000)).unwrap();
    site.save(&session).unwrap();
    site.calls();
    site.pass(600);
    let (reader, late) = (site.open(), site.open());
    let writer = site.open();
    writer.set("n", 1).unwrap();
    site.save(&writer).unwrap();
    site.save(&reader).unwrap();
    assert_eq!(site.n(), Some(1));
    site.pass(600);
    site.world(|world| world.failures = vec![(StoreErrorKind::ReadOnly, Applied::No)]);
    site.save(&late).unwrap();
    assert_eq!(
        site.calls(),
        ["load", "load", "load", "commit", "touch", "load"],
        "no reader writes a record"
    );
    // A later change of the same request is built on the record that it read.
    let session = site.open();
    site.save(&session).unwrap();
    session.set("n", 2).unwrap();
    site.save(&session).unwrap();
    assert_eq!((site.calls(), site.n()), (vec!["load", "touch", "commit"], Some(2)));
}

#[test]
fn one_session_is_ended_and_what_it_still_saves_is_refused() {
    let [mut phone, tablet, laptop] = ada_on_three(config());
    let in_flight = phone.open();
    assert!(laptop.sessions.end("ada", handle(&phone)).unwrap());
    assert_eq!(labels(&laptop, "ada"), ["laptop", "tablet"]);
    in_flight.set("n", 1).unwrap();
    assert!(matches!(phone.save(&in_flight), Err(SessionError::Gone)));
    assert_eq!([is_in(&phone), is_in(&tablet), is_in(&laptop)], [false, true, true]);
}

#[test]
fn the_handle_of_another_owner_or_of_nothing_ends_nothing_and_says_so() {
    let [phone, ..] = ada_on_three(config());
    let mut bob = phone.elsewhere();
    bob.sign_in("bob");
    assert!(!phone.sessions.end("ada", handle(&bob)).unwrap());
    assert!(!phone.sessions.end("bob", handle(&phone)).unwrap());
    assert!(!phone.sessions.end("ada", Digest::from_bytes([7; 32]).handle()).unwrap());
    let anonymous = Site::with_session(config());
    assert!(!anonymous.sessions.end("ada", handle(&anonymous)).unwrap());
    assert_eq!((is_in(&phone), is_in(&bob), anonymous.n()), (true, true, Some(1)));
    let gone = handle(&phone);
    assert!(phone.sessions.end("ada", gone).unwrap());
    assert!(!phone.sessions.end("ada", gone).unwrap(), "it has ended already");
}

#[test]
fn a_session_is_ended_by_the_handle_it_had_before_its_id_got_old() {
    let [mut phone, tablet, _] = ada_on_three(with(|settings| settings.rotate_after = Some(seconds(60))));
    let listed = handle(&phone);
    for _ in 0..2 {
        phone.pass(60);
        let session = phone.open();
        phone.save(&session).unwrap();
    }
    assert_ne!(handle(&phone), listed);
    assert!(tablet.sessions.end("ada", listed).unwrap());
    assert!(!is_in(&phone));
}

/// Ends the session by hand. The answer to the call with this number is lost.
fn end_with_a_loss(site: &Site, session: SessionHandle, lost: usize) -> bool {
    let mut ending = exchange::end(site.context(), "ada", session).unwrap();
    for at in 0.. {
        let answer = site.world(|world| world.perform(&ending.call()));
        let lose = || StoreError::new(StoreErrorKind::Timeout, Applied::Unknown);
        match ending.answer(if at == lost { Err(lose()) } else { Ok(answer) }).unwrap() {
            Step::Ask(next) => ending = next,
            Step::Done(ended) => return ended,
        }
    }
    panic!("it ends at some time")
}

#[test]
fn ending_survives_a_lost_answer_and_says_what_it_did() {
    for lost in 0..=2 {
        let [phone, tablet, _] = ada_on_three(config());
        let listed = handle(&phone);
        assert!(end_with_a_loss(&phone, listed, lost), "{lost}");
        assert_eq!((is_in(&phone), is_in(&tablet)), (false, true));
        assert!(!end_with_a_loss(&phone, listed, lost), "there is none any more");
        phone.world(|world| world.failures = vec![(StoreErrorKind::Timeout, Applied::Unknown)]);
        phone.sessions.end_all("ada").unwrap();
        assert!(labels(&phone, "ada").is_empty());
    }
    let [phone, ..] = ada_on_three(config());
    phone.world(|world| world.failures = vec![(StoreErrorKind::ReadOnly, Applied::No)]);
    assert!(matches!(phone.sessions.end_all("ada"), Err(SessionError::Store(_))));
    assert_eq!(labels(&phone, "ada").len(), 3);
}

#[test]
fn all_others_are_ended_and_this_one_stays_under_the_id_it_has_by_then() {
    let [mut phone, tablet, mut laptop] = ada_on_three(config());
    let mut bob = phone.elsewhere();
    bob.sign_in("bob");
    // The password was changed: this session gets a new id, and the others end.
    let session = phone.open();
    session.login("ada").unwrap();
    assert_eq!(phone.sessions.end_others(&session, phone.now()).unwrap(), 2);
    phone.save(&session).unwrap();
    assert_eq!([&phone, &tablet, &laptop, &bob].map(is_in), [true, false, false, true]);
    // The same holds for a sign-in that is not saved yet.
    let session = laptop.open();
    session.login("ada").unwrap();
    assert_eq!(laptop.sessions.end_others(&session, laptop.now()).unwrap(), 1);
    laptop.save(&session).unwrap();
    assert_eq!([&phone, &laptop].map(is_in), [false, true]);
}

#[test]
fn nobody_has_others_who_is_not_signed_in() {
    let site = Site::with_session(config());
    for session in [site.open(), site.elsewhere().open()] {
        let error = site.sessions.end_others(&session, site.now()).unwrap_err();
        assert!(matches!(error, SessionError::SignInRequired(SignInRequired::NotSignedIn)), "{error}");
    }
}

#[test]
fn all_sessions_end_and_nothing_in_flight_brings_one_back() {
    let [mut phone, mut tablet, mut laptop] =
        ada_on_three(with(|settings| settings.rotate_after = Some(seconds(10))));
    let (writer, signing_in_again, leaving) = (phone.open(), tablet.open(), laptop.open());
    assert_eq!(phone.sessions.end_all("ada").unwrap(), 3);
    writer.set("n", 1).unwrap();
    signing_in_again.login("ada").unwrap();
    leaving.logout().unwrap();
    leaving.flash("info", "bye").unwrap();
    for (device, session) in
        [(&mut phone, &writer), (&mut tablet, &signing_in_again), (&mut laptop, &leaving)]
    {
        assert!(matches!(device.save(session), Err(SessionError::Gone)));
        assert!(device.open().is_new());
    }
    assert!(phone.world(|world| world.sessions().is_empty()), "not even an anonymous one is left");
    phone.sign_in("ada");
    assert_eq!(labels(&phone, "ada").len(), 1, "a sign-in afterwards is a new session");
}

#[test]
fn any_name_is_an_owner_but_none_blanks_and_one_over_the_limit() {
    let names = ["{a}", "a\0b", "*?[]\\", " a", "ünï", "🦀", &"x".repeat(1024), "a\0", "a"];
    let site = Site::new(config());
    for name in names {
        site.elsewhere().sign_in(name);
    }
    for name in names {
        assert_eq!(labels(&site, name).len(), 1, "{name:?}");
        assert_eq!(site.sessions.end_all(name).unwrap(), 1, "{name:?}");
    }
    for name in ["", " ", "\t\r\n", "\u{a0}\u{2003}", &"x".repeat(1025), &"x".repeat(1 << 20)] {
        let refused = ValueError::Owner { limit: 1024, found: name.len() };
        let session = site.open();
        assert_eq!(session.login(name), Err(refused.clone().into()));
        assert_eq!(session.switch_owner(name), Err(refused.clone().into()));
        assert_eq!((session.owner(), session.is_changed()), (None, false));
        let session = Digest::default().handle();
        for error in [
            site.sessions.of(name, site.now()).unwrap_err(),
            site.sessions.end(name, session).unwrap_err(),
            site.sessions.end_all(name).unwrap_err(),
        ] {
            assert!(matches!(&error, SessionError::Value(error) if *error == refused), "{error}");
            assert!(error.to_string().contains("1024") && error.to_string().contains("check what was typed"));
        }
    }
}

#[test]
fn a_session_that_cannot_be_read_is_listed_and_can_be_ended() {
    let [phone, ..] = ada_on_three(config());
    phone.world(|world| world.damage(b"?"));
    let listed = phone.sessions.of("ada", phone.now()).unwrap();
    assert_eq!(listed.iter().filter(|info| info.unreadable && info.label.is_none()).count(), 3);
    assert!(phone.sessions.end("ada", listed[0].handle).unwrap());
    assert_eq!(phone.sessions.of("ada", phone.now()).unwrap().len(), 2);
    assert_eq!(phone.sessions.end_all("ada").unwrap(), 2, "and all of them at once");
}

/// Lists more sessions than one page has, with both drivers.
#[test]
fn the_whole_list_and_its_pages_have_every_session_once_in_one_order() {
    let first = Site::new(config());
    for _ in 0..250 {
        drop(first.elsewhere().sign_in("ada"));
        first.pass(1);
    }
    let handles = |infos: &[SessionInfo]| infos.iter().map(|info| info.handle).collect::<Vec<_>>();
    let all = handles(&first.sessions.of("ada", first.now()).unwrap());
    assert_eq!(all.len(), 250);
    let unique: BTreeSet<_> = all.iter().map(SessionHandle::to_hex).collect();
    assert_eq!(unique.len(), 250);
    let world = Sessions::with_context(
        Shared(first.world(|world| world.clone()).into()),
        Arc::clone(first.context()),
    );
    assert_eq!(handles(&ready(world.of("ada", first.now())).unwrap()), all);

    let (mut paged, mut page) = (Vec::new(), Page::first(NonZeroU32::new(7).unwrap()));
    loop {
        let part = first.sessions.page("ada", page, first.now()).unwrap();
        assert!(part.sessions.len() <= 7);
        assert_eq!(ready(world.page("ada", page, first.now())).unwrap(), part);
        paged.extend(handles(&part.sessions));
        // A link to the next page contains the cursor in this form.
        page.after = part.next.map(|cursor| cursor.to_string().parse().unwrap());
        if page.after.is_none() {
            break;
        }
    }
    assert_eq!(paged, all);
}

#[test]
fn a_sign_in_over_another_owner_takes_the_values_of_that_one_away() {
    let session = Site::new(config()).open();
    session.set("theme", "dark").unwrap();
    session.login("ada").unwrap();
    session.set("cart", 3).unwrap();
    assert_eq!(session.keys(), ["cart", "theme"], "those of a visitor stay");
    session.login("ada").unwrap();
    assert_eq!(session.keys(), ["cart", "theme"], "and those of the same owner");
    session.login("bob").unwrap();
    assert_eq!(session.keys(), Vec::<String>::new());
}

#[test]
fn nobody_is_elevated_who_is_not_signed_in() {
    let session = Site::new(config()).open();
    assert_eq!(session.elevate(1), Err(SignInRequired::NotSignedIn.into()));
    assert!(!session.is_changed());
    assert_eq!(session.level(), 0);
}
