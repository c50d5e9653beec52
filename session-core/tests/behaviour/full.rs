//! A store that fills up: it refuses to store more, and still ends and prolongs sessions.

use std::num::NonZeroU32;

use session_core::{
    OpenSession, SessionError,
    config::Settings,
    exchange::{Exchange as _, Saved, Settled, Step, finish},
    store::{Applied, Call, StoreError, StoreErrorKind},
};

use crate::site::{Site, seconds, with};

const OLD: &str = "the secret of last year";
const NEW: &str = "the secret of this year";

type Handler = fn(&OpenSession);

/// Saves a session. The store is full from this call on, and before that call another request may come.
fn save(
    site: &mut Site,
    session: &OpenSession,
    full_from: usize,
    mut between: impl FnMut(usize),
) -> (Result<Settled, SessionError>, usize) {
    let mut step = finish(session, site.now()).unwrap();
    for at in 0.. {
        let saving = match step {
            Step::Ask(saving) => saving,
            Step::Done(settled) => return (Ok(settled), at),
        };
        between(at);
        let call = saving.call();
        let stores = matches!(call, Call::Create { .. } | Call::Commit { .. } | Call::Rotate { .. });
        let answer = match stores && at >= full_from {
            true => Err(StoreError::new(StoreErrorKind::OutOfSpace, Applied::No)),
            false => Ok(site.world(|world| world.perform(&call))),
        };
        step = match saving.answer(answer) {
            Ok(step) => step,
            Err(error) => return (Err(error), at + 1),
        };
    }
    unreachable!("a save ends")
}

fn capped(settings: &mut Settings) {
    settings.max_sessions = NonZeroU32::new(2);
}

#[test]
fn a_sign_in_that_is_refused_costs_no_device() {
    let (mut refused, mut succeeded) = (0, 0);
    for is_anonymous in [false, true] {
        // The request of another tab comes before this call, or never.
        for tab in [None, Some(0), Some(1), Some(2)].into_iter().take(if is_anonymous { 4 } else { 1 }) {
            for full_from in 0..8 {
                let mut site = match is_anonymous {
                    true => Site::with_session(with(capped)),
                    false => Site::new(with(capped)),
                };
                let mut devices = [site.elsewhere(), site.elsewhere()];
                for device in &mut devices {
                    device.sign_in("ada");
                }
                let [session, other] = [site.open(), site.open()];
                session.login("ada").unwrap();
                let mut others = site.elsewhere();
                let (saved, _) = save(&mut site, &session, full_from, |at| {
                    if tab == Some(at) {
                        other.set("cart", 1).unwrap();
                        others.save(&other).unwrap();
                    }
                });
                let run =
                    format!("anonymous: {is_anonymous}, tab: {tab:?}, full from {full_from}: {saved:?}");
                let left = devices.iter().filter(|device| device.open().owner().is_some()).count();
                match saved {
                    Ok(settled) => {
                        succeeded += 1;
                        assert_eq!((left, settled.evicted.len()), (1, 1), "{run}");
                        assert_eq!(devices[0].sessions.of("ada", site.now()).unwrap().len(), 2, "{run}");
                    }
                    Err(_) => {
                        refused += 1;
                        assert_eq!(left, 2, "{run}");
                        assert_eq!(site.open().owner(), None, "{run}");
                    }
                }
            }
        }
    }
    assert_eq!((refused, succeeded), (5, 35));
}

#[test]
fn sessions_under_an_older_secret_are_ended_only_for_a_sign_in_that_succeeds() {
    let secrets = |secrets: &'static [&'static str]| {
        with(move |settings: &mut Settings| {
            capped(settings);
            settings.secrets = secrets.iter().map(|secret| (*secret).into()).collect();
        })
    };
    for full_from in 0..12 {
        let mut site = Site::new(secrets(&[OLD]));
        let mut devices = [site.elsewhere(), site.elsewhere()];
        for device in &mut devices {
            device.sign_in("ada");
        }
        site = site.reconfigured(secrets(&[NEW, OLD]));
        let devices = devices.map(|device| {
            let mut browser = site.elsewhere();
            browser.cookie = device.cookie;
            browser
        });
        let session = site.open();
        session.login("ada").unwrap();
        let (saved, _) = save(&mut site, &session, full_from, |_| {});
        let left = devices.each_ref().map(|device| device.open().owner().is_some());
        match saved {
            Ok(settled) => assert_eq!((left, settled.evicted.len()), ([false, true], 1), "{full_from}"),
            Err(error) => assert_eq!(left, [true, true], "{full_from}: {error:?}"),
        }
    }
}

#[test]
fn a_sign_out_passes_whatever_it_leaves_and_whatever_the_failure() {
    let leaves: [Handler; 4] = [
        |_| {},
        |session| session.flash("info", "good bye").unwrap(),
        |session| session.set("theme", "dark").unwrap(),
        |session| drop(session.tokens().text("form").unwrap()),
    ];
    for leave in leaves {
        for kind in [StoreErrorKind::OutOfSpace, StoreErrorKind::ReadOnly, StoreErrorKind::Other] {
            for applied in [Applied::No, Applied::Unknown] {
                let mut site = Site::new(with(|_| {}));
                site.sign_in("ada");
                let stolen = site.cookie.clone();
                let session = site.open();
                session.logout().unwrap();
                leave(&session);
                let mut step = finish(&session, site.now()).unwrap();
                let settled = loop {
                    let saving = match step {
                        Step::Ask(saving) => saving,
                        Step::Done(settled) => break settled,
                    };
                    let answer = match saving.call() {
                        Call::Create { .. } => Err(StoreError::new(kind, applied)),
                        call => Ok(site.world(|world| world.perform(&call))),
                    };
                    step = saving.answer(answer).unwrap();
                };
                assert_eq!(settled.saved, Saved::Ended, "{kind:?} {applied:?}");
                site.cookie = stolen;
                assert_eq!(site.open().owner(), None, "{kind:?} {applied:?}");
            }
        }
    }
}

#[test]
fn a_reader_whose_id_is_old_keeps_it_and_lives_on() {
    let mut site = Site::with_session(with(|settings| settings.rotate_after = Some(seconds(60))));
    let cookie = site.cookie.clone();
    for _ in 0..20 {
        site.pass(200);
        let session = site.open();
        let (saved, calls) = save(&mut site, &session, 0, |_| {});
        assert_eq!((saved.unwrap().saved, calls), (Saved::Touched, 2));
    }
    // Whoever changes something is told that it could not be stored.
    let session = site.open();
    session.set("n", 2).unwrap();
    assert!(matches!(save(&mut site, &session, 0, |_| {}).0, Err(SessionError::Store(_))));
    assert_eq!((site.n(), site.cookie == cookie), (Some(1), true));
}
