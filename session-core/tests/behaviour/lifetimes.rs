use std::time::Duration;

use session_core::{Timestamp, ValueError, Visit, cookie::SetCookie, exchange::Saved};

use crate::site::{Site, config, seconds, with};

#[test]
fn a_session_in_use_slides_by_touches_alone_and_one_in_disuse_ends() {
    let mut site = Site::with_session(with(|settings| settings.idle = seconds(300)));
    for _ in 0..10 {
        site.pass(200);
        let session = site.open();
        assert_eq!(site.save(&session).unwrap().saved, Saved::Touched);
    }
    assert_eq!(site.calls(), ["load", "touch"].repeat(10));
    site.pass(300);
    assert_eq!(site.n(), None);
}

#[test]
fn a_deadline_is_extended_only_after_a_tenth_of_the_idle_time() {
    let mut site = Site::with_session(with(|settings| settings.idle = seconds(300)));
    site.pass(29);
    let session = site.open();
    assert_eq!(site.save(&session).unwrap().saved, Saved::Nothing);
    site.pass(1);
    let session = site.open();
    assert_eq!(site.save(&session).unwrap().saved, Saved::Touched);
    assert_eq!(session.expires_in(site.now()), seconds(300));
}

#[test]
fn no_use_prolongs_a_session_past_its_absolute_deadline() {
    let mut site = Site::with_session(with(|settings| {
        settings.idle = seconds(300);
        settings.absolute = seconds(1000);
    }));
    for _ in 0..4 {
        site.pass(240);
        let session = site.open();
        session.set("more", 1).unwrap();
        site.save(&session).unwrap();
    }
    assert_eq!(site.open().expires_in(site.now()), seconds(40), "960 of 1000 seconds are over");
    site.pass(39);
    assert_eq!(site.n(), Some(1));
    site.pass(1);
    assert_eq!(site.n(), None);
}

#[test]
fn a_sign_in_begins_both_lifetimes_anew() {
    let mut site = Site::with_session(with(|settings| {
        settings.idle = seconds(300);
        settings.absolute = seconds(400);
    }));
    site.pass(250);
    let session = site.open();
    session.login("ada").unwrap();
    site.save(&session).unwrap();
    assert_eq!(session.absolute_deadline(), site.now().after(seconds(400)));
    site.pass(250);
    assert_eq!(site.n(), Some(1));
}

#[test]
fn the_absolute_deadline_holds_although_the_store_would_keep_the_record() {
    let site = Site::with_session(with(|settings| {
        settings.idle = seconds(300);
        settings.absolute = seconds(1000);
    }));
    let visit = Visit::new().cookie(site.cookie.as_bytes()).user_agent(b"Firefox");
    let late = site.now().after(seconds(1000));
    assert!(
        site.sessions.open(&visit, late).unwrap().is_new(),
        "a machine whose clock is ahead ends it early"
    );
    let early = Timestamp::from_millis(0);
    assert!(!site.sessions.open(&visit, early).unwrap().is_new());
}

#[test]
fn an_idle_time_of_its_own_survives_writes_touches_and_rotations() {
    let mut site = Site::with_session(with(|settings| settings.idle = seconds(300)));
    let session = site.open();
    session.set_idle(Some(seconds(3000))).unwrap();
    site.save(&session).unwrap();
    for step in 0..3 {
        site.pass(2900);
        let session = site.open();
        match step {
            0 => {}
            1 => session.set("more", 1).unwrap(),
            _ => session.rotate().unwrap(),
        }
        site.save(&session).unwrap();
    }
    site.pass(2999);
    assert_eq!(site.n(), Some(1));
    let session = site.open();
    session.set_idle(None).unwrap();
    site.save(&session).unwrap();
    site.pass(300);
    assert_eq!(site.n(), None);
}

#[test]
fn a_reader_that_saw_the_session_before_it_was_remembered_does_not_shorten_it() {
    let mut site = Site::with_session(with(|settings| settings.idle = seconds(300)));
    site.pass(60);
    let reader = site.open();
    let session = site.open();
    session.set_idle(Some(seconds(3000))).unwrap();
    site.save(&session).unwrap();
    site.save(&reader).unwrap();
    site.pass(2999);
    assert_eq!(site.n(), Some(1));
}

#[test]
fn a_session_opened_outside_http_is_not_written_and_says_so() {
    for (save_cli, expected) in [(false, Saved::Withheld), (true, Saved::Created)] {
        let mut site = Site::new(with(|settings| settings.save_outside_http = save_cli));
        let session = site.sessions.open(&Visit::outside_http(), site.now()).unwrap();
        session.set("n", 1).unwrap();
        assert_eq!(site.save(&session).unwrap().saved, expected);
        assert_eq!(site.world(|world| world.sessions().len()), usize::from(save_cli));
    }
}

#[test]
fn a_job_outside_http_may_end_a_browsers_session_and_reads_it_without_a_fingerprint() {
    let mut site = Site::with_session(config());
    let cookie = site.cookie.clone();
    let visit = Visit::outside_http().cookie(cookie.as_bytes());
    let session = site.sessions.open(&visit, site.now()).unwrap();
    assert_eq!(session.get("n"), Ok(Some(1)));
    session.destroy();
    assert_eq!(site.save(&session).unwrap().saved, Saved::Ended);
}

#[test]
fn one_in_gc_session_starts_sweeps() {
    for (gc, sweeps) in [(0, 0..1), (1, 100..101), (4, 10..45)] {
        let site = Site::new(with(|settings| settings.sweep_one_in = gc));
        for _ in 0..100 {
            let session = site.open();
            session.set("n", 1).unwrap();
            site.sessions.save(&session, site.now()).unwrap();
        }
        let calls = site.calls();
        let swept = calls.iter().filter(|call| **call == "sweep").count();
        assert!(sweeps.contains(&swept), "gc = {gc}: {swept} sweeps");
    }
}

#[test]
fn destroying_is_safe_where_there_is_nothing() {
    let mut site = Site::new(config());
    let session = site.open();
    session.destroy();
    session.destroy();
    assert_eq!(site.save(&session).unwrap().saved, Saved::Nothing);
    assert!(site.calls().is_empty());
    assert!(session.is_destroyed() && session.set("n", 1).is_err());
}

#[test]
fn a_session_that_was_only_looked_at_is_never_stored() {
    let mut site = Site::new(config());
    let session = site.open();
    assert_eq!(session.get::<u32>("n"), Ok(None));
    session.remove("n").unwrap();
    session.clear().unwrap();
    session.take_flashes().unwrap();
    session.tokens().remove_all().unwrap();
    session.logout().unwrap();
    assert_eq!(site.save(&session).unwrap().saved, Saved::Nothing);
    assert!(site.calls().is_empty());
}

#[test]
fn who_is_remembered_stays_so_over_writes_touches_and_new_ids_until_the_absolute_end() {
    let month = seconds(30 * 86_400);
    let mut site = Site::with_session(config());
    let session = site.sign_in("ada");
    session.remember(month).unwrap();
    let max_age = |settled: &session_core::exchange::Settled| match &settled.cookie {
        SetCookie::Set { max_age, .. } => *max_age,
        _ => None,
    };
    assert_eq!(max_age(&site.save(&session).unwrap()), Some(month));
    assert_eq!(session.expires_in(site.now()), month);
    for step in 1..=5 {
        site.pass(5 * 86_400);
        let session = site.open();
        match step {
            1 => {}
            2 => session.set("more", 1).unwrap(),
            3 => session.rotate().unwrap(),
            // An elevation starts the month again.
            4 => session.login("ada").unwrap(),
            _ => session.elevate(1).unwrap(),
        }
        let settled = site.save(&session).unwrap();
        let left = seconds(86_400 * if step < 4 { 30 - 5 * step } else { 30 });
        // The cookie that the browser has lives to the absolute end. It is sent with a new id.
        let sent = (step > 2).then_some(left);
        assert_eq!((max_age(&settled), session.expires_in(site.now())), (sent, left), "{step}");
    }
    site.pass(30 * 86_400 - 1);
    assert_eq!(site.n(), Some(1));
    site.pass(1);
    assert_eq!(site.n(), None);
}

#[test]
fn who_is_no_longer_remembered_has_the_configured_lifetimes_and_a_cookie_that_ends_with_the_browser() {
    let month = seconds(30 * 86_400);
    type Forget = (&'static str, fn(&session_core::OpenSession));
    let forget: [Forget; 3] = [
        ("by wish", |session| session.remember(None).unwrap()),
        ("another owner", |session| session.switch_owner("bob").unwrap()),
        ("signed out", |session| {
            session.logout().unwrap();
            session.set("n", 1).unwrap();
        }),
    ];
    for (why, forget) in forget {
        let mut site = Site::with_session(config());
        let session = site.sign_in("ada");
        session.remember(month).unwrap();
        site.save(&session).unwrap();
        site.pass(20 * 86_400);
        let session = site.open();
        forget(&session);
        let settled = site.save(&session).unwrap();
        assert!(matches!(settled.cookie, SetCookie::Set { max_age: None, .. }), "{why}: {settled:?}");
        assert_eq!(session.absolute_deadline(), site.now().after(seconds(12 * 3600)), "{why}");
        site.pass(299);
        assert_eq!(site.n(), Some(1), "{why}");
        site.pass(300);
        assert_eq!(site.n(), None, "{why}");
    }
}

#[test]
fn a_session_of_a_very_short_idle_time_lives_while_it_is_used() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.set_idle(Some(seconds(10))).unwrap();
    site.save(&session).unwrap();
    for _ in 0..10 {
        site.pass(6);
        let session = site.open();
        assert_eq!(site.save(&session).unwrap().saved, Saved::Touched);
    }
}

#[test]
fn a_lifetime_that_is_none_is_refused() {
    let site = Site::with_session(config());
    let session = site.open();
    for lifetime in [seconds(0), Duration::from_millis(999), seconds(36_500 * 86_400 + 1), Duration::MAX] {
        assert_eq!(session.set_idle(Some(lifetime)), Err(ValueError::Lifetime.into()));
        assert_eq!(session.remember(lifetime), Err(ValueError::Lifetime.into()));
    }
    assert!(!session.is_changed());
}

#[test]
fn a_session_that_was_written_by_a_machine_whose_clock_is_ahead_slides_all_the_same() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.set("n", 2).unwrap();
    site.sessions.save(&session, site.now().after(seconds(3600))).unwrap();
    site.world(|world| world.calls.clear());
    for _ in 0..5 {
        site.pass(100);
        let session = site.open();
        site.save(&session).unwrap();
        assert_eq!(site.calls(), ["load", "touch"]);
    }
}
