//! A secret that is added, changed or rotated: whoever is signed in is in the list of the owner, or is not signed in.

use std::num::NonZeroU32;

use session_core::{
    SessionConfig, SessionError, blocking,
    config::{OnMismatch, Settings},
    observe::{Event, Rejection, observer},
    store::{OnFull, Page},
};

use crate::{
    site::{Site, with},
    support::Shared,
};

const OLD: &str = "the secret of last year";
const NEW: &str = "the secret of this year";

fn secrets(secrets: &[&'static str], change: impl FnOnce(&mut Settings)) -> SessionConfig {
    with(|settings| {
        settings.secrets = secrets.iter().map(|secret| (*secret).into()).collect();
        change(settings);
    })
}

/// The ways in which a fingerprint does not stand in for the family.
const FINGERPRINTS: [fn(&mut Settings); 3] = [
    |_| {},
    |settings| settings.fingerprint.properties.clear(),
    |settings| settings.fingerprint.on_mismatch = OnMismatch::Report,
];

impl Site {
    fn owner(&self) -> Option<String> {
        self.open().owner()
    }

    fn devices(&self) -> usize {
        self.sessions.of("ada", self.now()).unwrap().len()
    }
}

#[test]
fn a_session_under_a_secret_that_is_not_in_the_list_opens_nothing() {
    for (before, after) in [(&[][..], &[NEW][..]), (&[OLD], &[NEW]), (&[OLD], &[]), (&[OLD, NEW], &[NEW])] {
        for fingerprint in FINGERPRINTS {
            let mut site = Site::new(secrets(before, fingerprint));
            site.sign_in("ada");
            let (observer, mut events) = observer(8);
            let mut site = site.reconfigured(secrets(after, fingerprint));
            let store = Shared(site.world(|world| world.clone()).into());
            site.sessions = blocking::Sessions::with_context(store, site.context().observed(observer));
            assert_eq!((site.owner(), site.devices()), (None, 0), "{before:?} {after:?}");
            let told = events.try_next();
            assert!(matches!(told, Some(Event::Rejected { reason: Rejection::Family, .. })), "{told:?}");
            assert_eq!(site.sessions.end_all("ada").unwrap(), 0);
            site.sign_in("ada");
            assert_eq!((site.owner().as_deref(), site.devices()), (Some("ada"), 1));
        }
    }
}

#[test]
fn a_session_under_an_older_secret_opens_and_is_listed_and_ended() {
    for fingerprint in FINGERPRINTS {
        for order in [&[NEW, OLD][..], &[OLD, NEW]] {
            let mut site = Site::with_session(secrets(&[OLD], fingerprint));
            site.sign_in("ada");
            let site = site.reconfigured(secrets(order, fingerprint));
            let mut second = site.elsewhere();
            second.sign_in("ada");
            assert_eq!((site.owner().as_deref(), site.n()), (Some("ada"), Some(1)));
            assert_eq!((site.devices(), second.devices()), (2, 2));
            let handle = site.open().id_handle().unwrap();
            let listed = site.sessions.of("ada", site.now()).unwrap();
            assert!(listed.iter().any(|info| info.handle == handle));
            // Each ends the other, and a third one both.
            let mut third = site.elsewhere();
            third.sign_in("ada");
            assert!(third.sessions.end("ada", handle).unwrap());
            assert_eq!((site.owner(), third.devices()), (None, 2));
            assert!(!third.sessions.end("ada", handle).unwrap());
            assert_eq!(third.sessions.end_others(&third.open(), third.now()).unwrap(), 1);
            assert_eq!((second.owner(), third.owner().as_deref()), (None, Some("ada")));
        }
        let mut site = Site::new(secrets(&[OLD], fingerprint));
        let mut second = site.elsewhere();
        site.sign_in("ada");
        second.sign_in("ada");
        let second_cookie = second.cookie;
        let mut site = site.reconfigured(secrets(&[NEW, OLD], fingerprint));
        let second = Site { cookie: second_cookie, ..site.elsewhere() };
        let mut third = site.elsewhere();
        third.sign_in("ada");
        // The last part of the list has all that are under older secrets.
        let page = site.sessions.page("ada", Page::first(NonZeroU32::MIN), site.now()).unwrap();
        assert_eq!((page.sessions.len(), page.next), (3, None));
        assert_eq!(site.sessions.end_others(&site.open(), site.now()).unwrap(), 2);
        assert_eq!((second.owner(), third.owner(), site.devices()), (None, None, 1));
        let session = site.open();
        session.set("n", 2).unwrap();
        site.save(&session).unwrap();
        assert_eq!(site.sessions.end_all("ada").unwrap(), 1);
        assert_eq!((site.owner(), site.n()), (None, None));
    }
}

#[test]
fn a_change_of_rights_moves_a_session_to_the_first_secret() {
    for fingerprint in FINGERPRINTS {
        let mut site = Site::with_session(secrets(&[OLD], fingerprint));
        site.sign_in("ada");
        let mut site = site.reconfigured(secrets(&[NEW, OLD], fingerprint));
        let session = site.open();
        session.elevate(1).unwrap();
        site.save(&session).unwrap();
        assert_eq!((site.devices(), site.n()), (1, Some(1)));
        let site = site.reconfigured(secrets(&[NEW], fingerprint));
        assert_eq!((site.owner().as_deref(), site.n(), site.devices()), (Some("ada"), Some(1), 1));
    }
}

#[test]
fn a_write_moves_the_fingerprint_to_the_first_secret() {
    let mut site = Site::with_session(secrets(&[OLD], |_| {})).reconfigured(secrets(&[NEW, OLD], |_| {}));
    let session = site.open();
    session.set("n", 2).unwrap();
    site.save(&session).unwrap();
    let mut site = site.reconfigured(secrets(&[NEW], |_| {}));
    assert_eq!(site.n(), Some(2));
    site.agent = "another browser";
    assert_eq!(site.n(), None);
}

#[test]
fn sessions_under_older_secrets_count_for_the_limit() {
    for (on_full, max) in [(OnFull::Refuse, 2), (OnFull::EvictOldest, 2), (OnFull::EvictOldest, 1)] {
        let capped = |settings: &mut Settings| {
            settings.max_sessions = NonZeroU32::new(max);
            settings.on_full = on_full;
        };
        let mut first = Site::new(secrets(&[OLD], capped));
        first.sign_in("ada");
        let first = first.reconfigured(secrets(&[NEW, OLD], capped));
        let mut devices: Vec<_> = (0..3).map(|_| first.elsewhere()).collect();
        for (at, device) in devices.iter_mut().enumerate() {
            // Both rows that store a session of an owner.
            if at == 1 {
                let session = device.open();
                session.set("n", 1).unwrap();
                device.save(&session).unwrap();
            }
            let session = device.open();
            session.login("ada").unwrap();
            let saved = device.save(&session);
            match (on_full, at) {
                (OnFull::Refuse, 1 | 2) => assert!(matches!(saved, Err(SessionError::Full)), "{saved:?}"),
                (OnFull::Refuse, _) => assert!(saved.unwrap().evicted.is_empty()),
                (OnFull::EvictOldest, at) => {
                    assert_eq!(saved.unwrap().evicted.len(), usize::from(at + 2 > max as usize), "{at}");
                }
            }
            assert!(device.devices() <= max as usize);
        }
        let owners = [&first, &devices[0], &devices[1], &devices[2]].map(|site| site.owner().is_some());
        let expected = match (on_full, max) {
            (OnFull::Refuse, _) => [true, true, false, false],
            (_, 2) => [false, false, true, true],
            (..) => [false, false, false, true],
        };
        assert_eq!(owners, expected, "{on_full:?} {max}");
    }
}

#[test]
fn a_session_that_moves_does_not_count_twice() {
    let capped = |settings: &mut Settings| {
        settings.max_sessions = Some(NonZeroU32::MIN);
        settings.on_full = OnFull::Refuse;
    };
    let mut site = Site::new(secrets(&[OLD], capped));
    site.sign_in("ada");
    let mut site = site.reconfigured(secrets(&[NEW, OLD], capped));
    let session = site.open();
    session.elevate(1).unwrap();
    site.save(&session).unwrap();
    assert_eq!((site.owner().as_deref(), site.devices()), (Some("ada"), 1));
}
