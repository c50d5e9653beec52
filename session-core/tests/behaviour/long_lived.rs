use session_core::{
    SessionError, Visit,
    exchange::{Liveness, Saved, drop_refused, head_sent, needs_save},
    observe::EndedBy,
    session::{Arrival, SignInRequired},
    store::{Applied, OnFull, StoreErrorKind},
};

use crate::site::{Site, config, seconds, with};

/// The session of a websocket whose handshake was answered.
fn socket(site: &Site) -> session_core::OpenSession {
    let session = site.open();
    head_sent(&session);
    session
}

#[test]
fn a_socket_learns_what_others_did() {
    let mut site = Site::new(with(|settings| settings.rotate_after = Some(seconds(60))));
    site.sign_in("ada");
    let socket = socket(&site);
    let writer = site.open();
    writer.set("n", 1).unwrap();
    site.save(&writer).unwrap();
    socket.set("mine", 1).unwrap();
    assert_eq!(site.sessions.refresh(&socket, site.now()).unwrap(), Liveness::Alive);
    assert_eq!((socket.get("n"), socket.get("mine")), (Ok(Some(1)), Ok(Some(1))), "and keeps its own change");
    site.pass(60);
    let page = site.open();
    assert_eq!(site.save(&page).unwrap().saved, Saved::Rotated);
    assert_eq!(site.sessions.refresh(&socket, site.now()).unwrap(), Liveness::Alive, "it follows");
    site.sessions.save(&socket, site.now()).unwrap();
    assert_eq!(site.open().get("mine"), Ok(Some(1)));
}

#[test]
fn a_refresh_after_a_save_of_unknown_outcome_shows_no_change_twice() {
    for applied in [Applied::Unknown, Applied::No] {
        let mut site = Site::with_session(config());
        let socket = socket(&site);
        socket.update("n", |n: &mut u32| *n += 1).unwrap();
        site.world(|world| world.failures = vec![(StoreErrorKind::Timeout, applied); 3]);
        assert!(site.sessions.save(&socket, site.now()).is_err());
        site.world(|world| world.failures.clear());
        for _ in 0..2 {
            assert_eq!(site.sessions.refresh(&socket, site.now()).unwrap(), Liveness::Alive);
            assert_eq!(socket.get("n"), Ok(Some(2)), "{applied:?}");
        }
        let other = site.open();
        other.set("other", 1).unwrap();
        site.save(&other).unwrap();
        assert_eq!(site.sessions.refresh(&socket, site.now()).unwrap(), Liveness::Alive);
        assert_eq!(socket.get("n"), Ok(Some(2)), "{applied:?}");
        site.sessions.save(&socket, site.now()).unwrap();
        assert_eq!((socket.get("n"), site.n()), (Ok(Some(2)), Some(2)), "{applied:?}");
        assert_eq!(site.sessions.refresh(&socket, site.now()).unwrap(), Liveness::Alive);
        assert_eq!((socket.get("n"), socket.get("other")), (Ok(Some(2)), Ok(Some(1))), "{applied:?}");
    }
}

type End = fn(&mut Site);

#[test]
fn a_socket_learns_that_its_session_has_ended() {
    let ends: [(End, Arrival); 5] = [
        (
            |site| {
                site.sessions.end_all("ada").unwrap();
            },
            Arrival::Expired,
        ),
        (
            |site| {
                let handle = site.open().id_handle().unwrap();
                site.sessions.end("ada", handle).unwrap();
            },
            Arrival::Ended(EndedBy::Application),
        ),
        (
            |site| {
                let session = site.open();
                session.logout().unwrap();
                site.save(&session).unwrap();
            },
            Arrival::Ended(EndedBy::SignOut),
        ),
        (|site| site.pass(301), Arrival::Expired),
        (
            |site| {
                let session = site.open();
                session.elevate(1).unwrap();
                site.save(&session).unwrap();
            },
            Arrival::Superseded,
        ),
    ];
    for (end, how) in ends {
        let mut site = Site::new(config());
        site.sign_in("ada");
        let (one, two) = (socket(&site), socket(&site));
        end(&mut site);
        assert_eq!(site.sessions.check(&one, site.now()).unwrap(), Liveness::Ended(how));
        assert_eq!((one.owner(), one.is_destroyed()), (None, true));
        assert!(one.set("n", 1).is_err());
        // A socket that only saves learns it as soon as its use is due.
        site.pass(31);
        assert!(matches!(site.sessions.save(&two, site.now()), Err(SessionError::Gone)), "{how:?}");
        assert_eq!(two.owner(), None);
    }
}

#[test]
fn a_socket_in_use_keeps_its_session_alive_whoever_else_has_written() {
    let mut site = Site::new(config());
    site.sign_in("ada");
    let socket = socket(&site);
    let writer = site.open();
    writer.set("n", 1).unwrap();
    site.save(&writer).unwrap();
    for _ in 0..12 {
        site.pass(60);
        assert_eq!(site.sessions.save(&socket, site.now()).unwrap().saved, Saved::Touched);
    }
    assert_eq!(site.open().owner().as_deref(), Some("ada"));
}

#[test]
fn waiting_for_the_end_is_no_use() {
    let mut site = Site::new(config());
    site.sign_in("ada");
    let socket = socket(&site);
    for _ in 0..4 {
        site.pass(60);
        assert_eq!(site.sessions.check(&socket, site.now()).unwrap(), Liveness::Alive);
    }
    site.pass(60);
    assert_eq!(site.sessions.check(&socket, site.now()).unwrap(), Liveness::Ended(Arrival::Expired));
}

#[test]
fn a_socket_knows_the_time() {
    let mut site = Site::new(with(|settings| settings.idle = seconds(4 * 3600)));
    site.sign_in("ada");
    let socket = socket(&site);
    let text = socket.tokens().create("short", Some(seconds(60))).unwrap();
    site.pass(61);
    site.sessions.save(&socket, site.now()).unwrap();
    assert_eq!(socket.tokens().verify("short", text.as_str()), Ok(false));
    site.pass(2 * 3600);
    assert_eq!(site.sessions.refresh(&socket, site.now()).unwrap(), Liveness::Alive);
    assert_eq!(socket.require_fresh(seconds(300)), Err(SignInRequired::Stale.into()));
    let text = socket.tokens().create("short", Some(seconds(60))).unwrap();
    site.sessions.save(&socket, site.now()).unwrap();
    assert_eq!(site.open().tokens().verify("short", text.as_str()), Ok(true), "it is not born dead");
}

#[test]
fn a_clock_tells_the_time_between_two_calls() {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };
    let site = Site::new(config());
    let time = Arc::new(AtomicU64::new(1_000_000));
    let clock = Arc::clone(&time);
    let context =
        site.context().clocked(move || session_core::Timestamp::from_millis(clock.load(Ordering::Relaxed)));
    let session = session_core::exchange::fresh(&context, &Visit::new(), site.now());
    session.login("ada").unwrap();
    time.fetch_add(301_000, Ordering::Relaxed);
    assert_eq!(session.require_fresh(seconds(300)), Err(SignInRequired::Stale.into()));
}

#[test]
fn what_is_discarded_is_as_it_was_loaded_or_last_saved() {
    let mut site = Site::with_session(config());
    site.pass(60);
    let session = site.open();
    session.set("n", 2).unwrap();
    session.login("ada").unwrap();
    session.discard();
    assert_eq!((session.get("n"), session.owner()), (Ok(Some(1)), None));
    assert_eq!(site.save(&session).unwrap().saved, Saved::Touched, "that it was there stays");
    session.set("n", 3).unwrap();
    site.save(&session).unwrap();
    session.set("n", 4).unwrap();
    session.destroy();
    session.discard();
    assert_eq!((session.get("n"), session.is_destroyed()), (Ok(Some(3)), false));
    assert_eq!(site.n(), Some(3));
    let fresh = site.elsewhere().open();
    fresh.set("n", 1).unwrap();
    fresh.discard();
    assert!(fresh.is_empty() && !needs_save(&fresh, site.now()));
    let never_stored = site.elsewhere().open();
    never_stored.destroy();
    assert_eq!(site.save(&never_stored).unwrap().saved, Saved::Nothing);
    never_stored.discard();
    assert!(never_stored.is_destroyed(), "its end was saved");
}

#[test]
fn a_failure_that_the_handler_was_told_is_not_met_a_second_time() {
    let mut site = Site::with_session(with(|settings| {
        settings.max_sessions = std::num::NonZeroU32::new(1);
        settings.on_full = OnFull::Refuse;
    }));
    let mut other = site.elsewhere();
    other.sign_in("ada");
    let session = site.open();
    session.login("ada").unwrap();
    assert!(matches!(site.save(&session), Err(SessionError::Full)));
    assert!(drop_refused(&session) && !needs_save(&session, site.now()));
    assert_eq!((session.owner(), site.n()), (None, Some(1)));
    // What the handler changed after the failure is tried with it.
    session.login("ada").unwrap();
    assert!(site.save(&session).is_err());
    session.set("n", 2).unwrap();
    assert!(!drop_refused(&session));
    session.discard();
    session.set("n", 2).unwrap();
    site.world(|world| world.failures = vec![(StoreErrorKind::Timeout, Applied::Unknown); 3]);
    assert!(site.save(&session).is_err());
    assert!(drop_refused(&session) && !needs_save(&session, site.now()), "nor is an unknown outcome");
}

#[test]
fn what_does_not_count_neither_extends_nor_rotates() {
    let site = Site::with_session(with(|settings| settings.rotate_after = Some(seconds(60))));
    for _ in 0..4 {
        site.pass(60);
        let visit = Visit::new().cookie(site.cookie.as_bytes()).user_agent(site.agent.as_bytes()).passive();
        let poll = site.sessions.open(&visit, site.now()).unwrap();
        assert!(!needs_save(&poll, site.now()));
        poll.set("polled", 1).unwrap();
        assert!(matches!(site.sessions.save(&poll, site.now()).unwrap().saved, Saved::Committed { .. }));
    }
    site.pass(60);
    assert_eq!(site.n(), None, "a change by such a request is kept and extends nothing");
}

#[test]
fn messages_wait_for_somebody_who_sees_them() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.flash("info", "hello").unwrap();
    site.save(&session).unwrap();
    let visit = Visit::new().cookie(site.cookie.as_bytes()).user_agent(site.agent.as_bytes()).unseen();
    let prefetch = site.sessions.open(&visit, site.now()).unwrap();
    assert_eq!(prefetch.take_flashes().unwrap().len(), 1);
    assert!(!needs_save(&prefetch, site.now()));
    let page = site.open();
    assert_eq!(page.take_flashes().unwrap().len(), 1);
    site.save(&page).unwrap();
    assert!(site.open().take_flashes().unwrap().is_empty());
}

#[test]
fn a_sign_in_that_was_cut_off_leaves_nothing_that_counts_for_long() {
    let mut site = Site::with_session(with(|settings| {
        settings.max_sessions = std::num::NonZeroU32::new(1);
        settings.on_full = OnFull::Refuse;
    }));
    let session = site.open();
    session.login("ada").unwrap();
    session.remember(seconds(30 * 86_400)).unwrap();
    // The program ends between the two calls.
    site.world(|world| world.broken = Some("delete"));
    site.world(|world| world.failures.clear());
    let _unsaved = site.save(&session);
    site.world(|world| world.broken = None);
    site.pass(299);
    drop(site.open());
    site.pass(2);
    site.cookie.clear();
    let session = site.open();
    session.login("ada").unwrap();
    session.remember(seconds(30 * 86_400)).unwrap();
    site.save(&session).unwrap();
    site.pass(29 * 86_400);
    assert_eq!(site.open().owner().as_deref(), Some("ada"), "a sign-in that is done has its whole lifetime");
}

#[test]
fn a_lost_answer_of_a_sign_in_loses_no_values() {
    for lost in [3, 4] {
        let mut site = Site::with_session(config());
        let old = site.cookie.clone();
        let session = site.open();
        session.login("ada").unwrap();
        // Every answer of the second call is lost, though it is carried out.
        site.world(|world| {
            world.failures = vec![(StoreErrorKind::Timeout, Applied::Unknown); lost];
            world.failures.push((StoreErrorKind::Timeout, Applied::Unknown));
        });
        let saved = site.save(&session);
        site.world(|world| world.failures.clear());
        if saved.is_err() {
            site.cookie = old;
            let again = site.open();
            again.login("ada").unwrap();
            site.save(&again).unwrap();
        }
        assert_eq!((site.open().owner().as_deref(), site.n()), (Some("ada"), Some(1)), "{lost} lost");
    }
}
