//! The events for the application. A receiver never affects a request.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use std::num::NonZeroU32;

use session_core::{
    config::{OnMismatch, OnReuse, SessionConfig},
    observe::{EndedBy, Event, Events, Rejection, observer},
    store::OnFull,
};

use crate::site::{Site, config, seconds, with};

fn watched(config: SessionConfig, capacity: usize) -> (Site, Events) {
    let (observer, events) = observer(capacity);
    let site = Site::new(config);
    let context = site.context().observed(observer);
    let sessions = session_core::blocking::Sessions::with_context(crate::support::Shared::default(), context);
    (Site { sessions, ..site }, events)
}

fn told(events: &mut Events) -> Vec<Event> {
    std::iter::from_fn(|| events.try_next()).collect()
}

fn handle(site: &Site) -> session_core::id::SessionHandle {
    site.open().id_handle().unwrap()
}

#[test]
fn each_step_of_a_session_is_told_once() {
    let (mut site, mut events) = watched(config(), 64);
    let ada = || "ada".to_owned();
    let mut expected = Vec::new();

    let session = site.open();
    session.set("n", 1).unwrap();
    site.save(&session).unwrap();
    expected.push(Event::Created { session: handle(&site) });
    session.set("n", 2).unwrap();
    site.save(&session).unwrap();

    site.sign_in("ada");
    expected.push(Event::LoggedIn { session: handle(&site), owner: ada() });
    let (from, session) = (handle(&site), site.open());
    session.rotate().unwrap();
    site.save(&session).unwrap();
    expected.push(Event::Rotated { session: handle(&site), from });
    let session = site.open();
    session.elevate(1).unwrap();
    site.save(&session).unwrap();
    expected.push(Event::LoggedIn { session: handle(&site), owner: ada() });

    for stays in [true, false] {
        let (from, session) = (handle(&site), site.open());
        session.logout().unwrap();
        if stays {
            session.set("n", 1).unwrap();
        }
        site.save(&session).unwrap();
        expected.push(Event::LoggedOut { session: from, owner: ada() });
        if stays {
            site.sign_in("ada");
            expected.push(Event::LoggedIn { session: handle(&site), owner: ada() });
            let session = site.open();
            session.clear().unwrap();
            site.save(&session).unwrap();
        }
    }
    site.sign_in("ada");
    expected.push(Event::LoggedIn { session: handle(&site), owner: ada() });
    let (session, from) = (site.open(), handle(&site));
    session.destroy();
    site.save(&session).unwrap();
    expected.push(Event::Ended { session: from, by: EndedBy::Itself, owner: Some(ada()) });
    assert_eq!(told(&mut events), expected);
    assert_eq!(events.missed(), 0);
}

#[test]
fn by_whom_a_session_ended_and_why_an_id_opened_nothing_is_told() {
    let cap = NonZeroU32::new(2).unwrap();
    let rules = with(|settings| {
        settings.rotate_after = Some(seconds(60));
        settings.on_reuse = OnReuse::EndFamily;
        settings.max_sessions = Some(cap);
        settings.on_full = OnFull::EvictOldest;
        settings.fingerprint.on_mismatch = OnMismatch::Destroy;
    });
    let (mut site, mut events) = watched(rules, 64);
    let (mut second, mut third) = (site.elsewhere(), site.elsewhere());
    let mut handles = Vec::new();
    for device in [&mut site, &mut second, &mut third] {
        device.sign_in("ada");
        handles.push(handle(device));
    }
    assert!(site.open().is_new());
    site.sessions.end("ada", handles[1]).unwrap();
    third.agent = "another browser";
    assert!(third.open().is_new());
    site.cookie.clear();
    site.sign_in("ada");
    let (old, planted) = (handle(&site), site.cookie.clone());
    site.sessions.end_others(&site.open(), site.now()).unwrap();
    site.pass(60);
    let session = site.open();
    site.save(&session).unwrap();
    site.pass(10);
    site.cookie = planted;
    assert!(site.open().is_new());
    let other = |event: &Event| !matches!(event, Event::LoggedIn { .. } | Event::Rotated { .. });
    let told: Vec<_> = told(&mut events).into_iter().filter(other).collect();
    let ada = || Some("ada".to_owned());
    let [first, second, third] = handles[..] else { panic!("three") };
    let expected = [
        Event::Ended { session: first, by: EndedBy::Cap, owner: ada() },
        Event::Rejected { session: first, reason: Rejection::Unknown, owner: None },
        Event::Ended { session: second, by: EndedBy::Application, owner: ada() },
        Event::Rejected { session: third, reason: Rejection::Fingerprint, owner: ada() },
        Event::Ended { session: third, by: EndedBy::Fingerprint, owner: ada() },
        Event::EndedMany { count: 0, by: EndedBy::Application, owner: ada() },
        Event::Reused { session: old, owner: ada() },
        Event::EndedMany { count: 1, by: EndedBy::Reuse, owner: ada() },
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_is_refused_is_told_with_its_owner() {
    let rules = with(|settings| {
        settings.max_sessions = Some(NonZeroU32::MIN);
        settings.on_full = OnFull::Refuse;
        settings.conflict_retries = 0;
    });
    let (mut site, mut events) = watched(rules, 64);
    site.sign_in("ada");
    let mut second = site.elsewhere();
    let session = second.open();
    session.login("ada").unwrap();
    second.save(&session).unwrap_err();
    let (one, two) = (site.open(), site.open());
    one.set("n", 1).unwrap();
    two.set("n", 2).unwrap();
    site.save(&one).unwrap();
    site.save(&two).unwrap_err();
    let (ada, session) = ("ada".to_owned(), handle(&site));
    let expected = [
        Event::LoggedIn { session, owner: ada.clone() },
        Event::Full { owner: ada.clone() },
        Event::Conflict { session: Some(session), owner: Some(ada) },
    ];
    assert_eq!(told(&mut events), expected);
}

#[test]
fn nobody_waits_for_an_observer_that_hangs_or_has_failed() {
    let (mut site, mut events) = watched(config(), 2);
    for _ in 0..5 {
        site.sign_in("ada");
    }
    assert_eq!(events.missed(), 3, "two wait to be heard");
    assert_eq!(told(&mut events).len(), 2);

    let (mut site, events) = watched(config(), 2);
    drop(events);
    site.sign_in("ada");
    assert_eq!(site.open().owner().as_deref(), Some("ada"));
}

#[test]
fn the_smallest_queue_has_room_for_one_rejection_and_one_other_event() {
    for capacity in [0, 1] {
        let (mut site, mut events) = watched(config(), capacity);
        let flood = Site { cookie: format!("AloSession={}", "A".repeat(86)), ..site.elsewhere() };
        for _ in 0..3 {
            assert!(flood.open().is_new());
        }
        site.sign_in("ada");
        site.sign_in("ada");
        let heard = told(&mut events);
        assert!(matches!(&heard[..], [Event::Rejected { .. }, Event::LoggedIn { .. }]), "{heard:?}");
        assert_eq!(events.missed(), 3);
    }
}

#[test]
fn a_flood_of_worthless_ids_does_not_crowd_out_what_matters() {
    let (mut site, mut events) = watched(config(), 8);
    let mut flood = site.elsewhere();
    flood.cookie = format!("AloSession={}", "A".repeat(86));
    for _ in 0..100 {
        assert!(flood.open().is_new());
    }
    site.sign_in("ada");
    assert_eq!(events.missed(), 96);
    // Events that were received leave room for the next.
    let heard: Vec<_> = told(&mut events);
    assert!(matches!(&heard[..], [Event::Rejected { .. }, .., Event::LoggedIn { .. }]), "{heard:?}");
    assert!(flood.open().is_new());
    assert_eq!(told(&mut events).len(), 1);
    drop((site, flood));
    assert_eq!(events.blocking_next(), None, "the last observer was dropped");
}

/// Counts how often it is woken.
#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_task_waits_for_events_without_a_thread_and_a_wait_that_is_given_up_loses_none() {
    let (mut site, mut events) = watched(config(), 2);
    let bell = Arc::new(Bell::default());
    let (waker, rung) = (Waker::from(Arc::clone(&bell)), || bell.0.load(Ordering::SeqCst));
    let mut cx = Context::from_waker(&waker);
    assert!(pin!(events.next()).poll(&mut cx).is_pending());
    assert_eq!(rung(), 0);
    for _ in 0..5 {
        site.sign_in("ada");
    }
    assert_eq!((rung(), events.missed()), (1, 3), "it is woken once, and two wait");
    for _ in 0..2 {
        let heard = pin!(events.next()).poll(&mut cx);
        assert!(matches!(heard, Poll::Ready(Some(Event::LoggedIn { .. }))), "{heard:?}");
    }
    assert!(events.poll_next(&mut cx).is_pending());
    drop(site);
    assert_eq!((rung(), events.poll_next(&mut cx)), (2, Poll::Ready(None)));

    let (one, mut events) = observer(2);
    let other = one.clone();
    drop(one);
    assert!(events.poll_next(&mut cx).is_pending(), "an observer is left");
    drop(other);
    assert_eq!((rung(), events.poll_next(&mut cx)), (3, Poll::Ready(None)));
}

#[test]
fn a_thread_that_waits_gets_each_event_and_ends_with_the_last_observer() {
    let (mut site, events) = watched(config(), 8);
    let heard = std::thread::spawn(move || events.into_iter().count());
    site.sign_in("ada");
    site.sign_in("ada");
    drop(site);
    assert_eq!(heard.join().unwrap(), 2);
}
