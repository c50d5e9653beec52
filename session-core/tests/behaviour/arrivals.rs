use std::num::NonZeroU32;

use session_core::{
    SessionError, Visit,
    config::{OnMismatch, OnUnreadable, SameSite},
    cookie::SetCookie,
    exchange::{Saved, set_cookie},
    observe::{EndedBy, Rejection},
    session::{Arrival, TokenVerdict},
    store::OnFull,
    visit::CrossSite,
};

use crate::site::{Site, config, seconds, with};

type Handler = fn(&session_core::OpenSession) -> Result<(), SessionError>;

/// Opens with another cookie than the browser has now, as a request that is late does.
fn open_late(site: &Site, cookie: &str) -> session_core::OpenSession {
    let visit = Visit::new().cookie(cookie.as_bytes()).user_agent(site.agent.as_bytes());
    site.sessions.open(&visit, site.now()).unwrap()
}

#[test]
fn a_request_says_how_it_arrived() {
    let mut site = Site::new(config());
    assert_eq!(site.open().arrival(), Arrival::New);
    let session = site.open();
    session.set("n", 1).unwrap();
    site.save(&session).unwrap();
    assert_eq!(site.open().arrival(), Arrival::Known);
    let anonymous = site.cookie.clone();
    site.sign_in("ada");
    assert_eq!(open_late(&site, &anonymous).arrival(), Arrival::Superseded);
    let signed_in = site.cookie.clone();
    let session = site.open();
    session.logout().unwrap();
    site.save(&session).unwrap();
    assert_eq!(site.cookie, "");
    assert_eq!(open_late(&site, &signed_in).arrival(), Arrival::Ended(EndedBy::SignOut));
    site.pass(301);
    assert_eq!(open_late(&site, &signed_in).arrival(), Arrival::Expired);

    let session = site.open();
    session.set("n", 1).unwrap();
    site.save(&session).unwrap();
    let destroyed = site.cookie.clone();
    let session = site.open();
    session.destroy();
    site.save(&session).unwrap();
    assert_eq!(open_late(&site, &destroyed).arrival(), Arrival::Ended(EndedBy::Itself));

    site.sign_in("ada");
    let handle = site.open().id_handle().unwrap();
    assert!(site.sessions.end("ada", handle).unwrap());
    assert_eq!(site.open().arrival(), Arrival::Ended(EndedBy::Application));
}

#[test]
fn a_sign_out_that_leaves_a_message_is_told_like_one_that_leaves_nothing() {
    let mut site = Site::new(config());
    site.sign_in("ada");
    let old = site.cookie.clone();
    let session = site.open();
    session.logout().unwrap();
    session.flash("info", "bye").unwrap();
    site.save(&session).unwrap();
    assert_eq!(open_late(&site, &old).arrival(), Arrival::Ended(EndedBy::SignOut));
    assert_eq!(site.open().take_flashes().unwrap().len(), 1);
}

#[test]
fn a_request_that_is_late_stores_nothing_and_wins_no_cookie() {
    let mut site = Site::with_session(config());
    let old = site.cookie.clone();
    site.sign_in("ada");
    let before = site.world(|world| world.sessions().len());
    let changes: [Handler; 2] = [|session| session.set("n", 2), |session| session.flash("info", "hello")];
    for change in changes {
        let late = open_late(&site, &old);
        change(&late).unwrap();
        assert!(matches!(site.sessions.save(&late, site.now()), Err(SessionError::Gone)));
        assert_eq!(set_cookie(&late), SetCookie::Keep);
    }
    let late = open_late(&site, &old);
    late.tokens().text("form").unwrap();
    let settled = site.sessions.save(&late, site.now()).unwrap();
    assert_eq!((settled.saved, settled.cookie), (Saved::Withheld, SetCookie::Keep), "a page with a form");
    assert_eq!(site.world(|world| world.sessions().len()), before);
    assert_eq!(site.open().owner().as_deref(), Some("ada"));
    // A browser that never got the newer cookie is not locked out for long.
    site.pass(61);
    let late = open_late(&site, &old);
    late.set("n", 2).unwrap();
    assert_eq!(site.sessions.save(&late, site.now()).unwrap().saved, Saved::Created);
}

#[test]
fn a_session_that_was_ended_by_others_gives_way_to_a_new_one_at_once() {
    let mut site = Site::new(config());
    site.sign_in("ada");
    let handle = site.open().id_handle().unwrap();
    site.sessions.end("ada", handle).unwrap();
    let session = site.open();
    session.set("n", 1).unwrap();
    assert_eq!(site.save(&session).unwrap().saved, Saved::Created);
}

#[test]
fn whichever_half_of_a_double_click_comes_last_the_user_is_signed_in_with_all_values() {
    for (owner, together) in [(None, true), (None, false), (Some("ada"), true), (Some("ada"), false)] {
        let mut site = Site::with_session(config());
        if let Some(owner) = owner {
            site.sign_in(owner);
        }
        let old = site.cookie.clone();
        let first = site.open();
        first.login("ada").unwrap();
        let early = site.open();
        site.save(&first).unwrap();
        let one = site.cookie.clone();
        let second = if together { early } else { open_late(&site, &old) };
        second.login("ada").unwrap();
        site.save(&second).unwrap();
        let two = site.cookie.clone();
        assert_ne!(one, two);
        for cookie in [one, two] {
            let session = open_late(&site, &cookie);
            assert_eq!(
                (session.owner().as_deref(), session.get("n")),
                (Some("ada"), Ok(Some(1))),
                "{together}"
            );
        }
        assert!(open_late(&site, &old).is_new(), "the old id opens something");
    }
}

#[test]
fn a_double_click_fits_under_a_cap_that_refuses() {
    for together in [true, false] {
        let mut site = Site::with_session(with(|settings| {
            settings.max_sessions = NonZeroU32::new(1);
            settings.on_full = OnFull::Refuse;
        }));
        let old = site.cookie.clone();
        let (first, early) = (site.open(), site.open());
        first.login("ada").unwrap();
        site.save(&first).unwrap();
        let second = if together { early } else { open_late(&site, &old) };
        second.login("ada").unwrap();
        site.save(&second).unwrap();
        assert_eq!((site.open().owner().as_deref(), site.n()), (Some("ada"), Some(1)), "{together}");
        assert_eq!(site.sessions.of("ada", site.now()).unwrap().len(), 1);
    }
}

#[test]
fn only_the_same_owner_joins_what_a_sign_in_made() {
    let mut site = Site::with_session(config());
    let old = site.cookie.clone();
    site.sign_in("ada");
    let late = open_late(&site, &old);
    late.login("mallory").unwrap();
    site.save(&late).unwrap();
    assert_eq!((site.open().owner().as_deref(), site.n()), (Some("mallory"), None));
    assert_eq!(site.sessions.of("ada", site.now()).unwrap().len(), 1);
}

#[test]
fn a_late_sign_in_succeeds_although_what_it_would_join_has_ended() {
    let mut site = Site::with_session(config());
    let old = site.cookie.clone();
    site.sign_in("ada");
    site.sessions.end_all("ada").unwrap();
    let late = open_late(&site, &old);
    late.login("ada").unwrap();
    site.save(&late).unwrap();
    assert_eq!((site.open().owner().as_deref(), site.n()), (Some("ada"), None), "nothing dead came back");
}

#[test]
fn a_rejected_request_wins_no_cookie_unless_it_signs_in() {
    let mut site = Site::new(with(|settings| settings.fingerprint.on_mismatch = OnMismatch::Reject));
    site.agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
    site.sign_in("ada");
    let thief = Visit::new().cookie(site.cookie.as_bytes()).user_agent(b"curl/8.5.0");
    let session = site.sessions.open(&thief, site.now()).unwrap();
    assert_eq!(session.arrival(), Arrival::Rejected(Rejection::Fingerprint));
    assert_eq!(session.owner(), None);
    session.set("n", 1).unwrap();
    assert!(matches!(site.sessions.save(&session, site.now()), Err(SessionError::Gone)));
    assert_eq!(set_cookie(&session), SetCookie::Keep);
    session.discard();
    session.login("bob").unwrap();
    assert!(matches!(site.sessions.save(&session, site.now()).unwrap().cookie, SetCookie::Set { .. }));
    assert_eq!(site.open().owner().as_deref(), Some("ada"), "the session of the owner lives on");
}

#[test]
fn a_request_that_lost_its_cookie_to_same_site_gives_the_browser_no_other() {
    use CrossSite::{Navigation, Other};
    for (same_site, kind, withheld) in [
        (SameSite::Lax, Other, true),
        (SameSite::Lax, Navigation, false),
        (SameSite::Strict, Other, true),
        (SameSite::Strict, Navigation, true),
        (SameSite::None, Other, false),
    ] {
        let site = Site::new(with(|settings| settings.cookie.same_site = same_site));
        let session = site.sessions.open(&Visit::new().cross_site(kind), site.now()).unwrap();
        assert_eq!(session.arrival(), if withheld { Arrival::CrossSite } else { Arrival::New });
        session.flash("info", "paid").unwrap();
        let saved = site.sessions.save(&session, site.now()).unwrap().saved;
        assert_eq!(saved, if withheld { Saved::Withheld } else { Saved::Created }, "{same_site:?} {kind:?}");
        let token = session.tokens().create("once", None).unwrap();
        let used = site.sessions.consume(&session, "once", token.as_str(), site.now());
        assert_eq!(used.is_ok(), !withheld, "what is not stored is not used up");
        session.login("ada").unwrap();
        let saved = site.sessions.save(&session, site.now()).unwrap().saved;
        assert!(matches!(saved, Saved::Created | Saved::Rotated), "a sign-in proves itself");
    }
}

#[test]
fn a_record_that_cannot_be_read_is_an_error_or_gives_way() {
    for on_unreadable in [OnUnreadable::Error, OnUnreadable::StartAnew] {
        let mut site = Site::with_session(with(|settings| settings.on_unreadable = on_unreadable));
        site.world(|world| world.damage(b"?"));
        let opened = site.try_open();
        if on_unreadable == OnUnreadable::Error {
            assert!(matches!(opened, Err(SessionError::Record(_))));
            continue;
        }
        let session = opened.unwrap();
        assert_eq!(session.arrival(), Arrival::Unreadable);
        session.set("n", 2).unwrap();
        assert_eq!(site.save(&session).unwrap().saved, Saved::Created);
        assert_eq!(site.n(), Some(2));
        assert_eq!(site.world(|world| world.sessions().len()), 2, "the old record is left as it is");
    }
}

#[test]
fn another_cookie_is_tried_before_a_record_that_cannot_be_read_is_an_error() {
    let mut site = Site::with_session(config());
    let broken = site.cookie.clone();
    site.world(|world| world.damage(b"?"));
    site.cookie.clear();
    let session = site.open();
    session.set("n", 7).unwrap();
    site.save(&session).unwrap();
    site.cookie = format!("{broken}; {}", site.cookie);
    assert_eq!(site.n(), Some(7));
}

#[test]
fn a_limit_that_was_lowered_locks_no_session_out() {
    let mut site = Site::new(config());
    let session = site.open();
    session.set("large", "x".repeat(4000)).unwrap();
    session.set("n", 1).unwrap();
    site.save(&session).unwrap();
    let mut site = site.reconfigured(with(|settings| settings.limits.max_bytes = 1024));
    assert_eq!(site.n(), Some(1));
    let session = site.open();
    session.remove("large").unwrap();
    site.save(&session).unwrap();
    assert_eq!(site.n(), Some(1));
}

#[test]
fn a_sign_out_ends_every_session_whose_cookie_the_browser_sent() {
    for way in ["logout", "logout with a message", "destroy", "forget"] {
        let mut site = Site::new(with(|settings| settings.rotate_after = Some(seconds(60))));
        site.sign_in("ada");
        let one = site.cookie.clone();
        site.cookie.clear();
        site.sign_in("ada");
        let two = site.cookie.clone();
        // The second cookie is older than its session.
        site.pass(60);
        let session = site.open();
        site.save(&session).unwrap();
        let moved = site.cookie.clone();
        let both = format!("{one}; {two}");
        let session = open_late(&site, &both);
        match way {
            "logout" => session.logout().unwrap(),
            "destroy" => session.destroy(),
            "forget" => {
                let visit = Visit::new().cookie(both.as_bytes());
                assert_eq!(site.sessions.forget(&visit, site.now()).unwrap(), 2);
            }
            _ => {
                session.logout().unwrap();
                session.flash("info", "bye").unwrap();
            }
        }
        site.save(&session).ok();
        for cookie in [&one, &two, &moved] {
            assert_eq!(open_late(&site, cookie).owner(), None, "{way}");
        }
        assert!(site.sessions.of("ada", site.now()).unwrap().is_empty(), "{way}");
    }
}

#[test]
fn a_sign_out_ends_what_cannot_be_read() {
    for way in ["logout", "logout with a message", "destroy"] {
        let mut site = Site::with_session(with(|settings| settings.on_unreadable = OnUnreadable::StartAnew));
        let old = site.cookie.clone();
        site.world(|world| world.damage(b"?"));
        let session = site.open();
        match way {
            "destroy" => session.destroy(),
            _ => session.logout().unwrap(),
        }
        if way == "logout with a message" {
            session.flash("info", "bye").unwrap();
        }
        site.save(&session).unwrap();
        assert_eq!(
            open_late(&site, &old).arrival(),
            Arrival::Ended(if way == "destroy" { EndedBy::Itself } else { EndedBy::SignOut }),
            "{way}"
        );
        assert_eq!(site.open().take_flashes().unwrap().len(), usize::from(way == "logout with a message"));
    }
}

#[test]
fn a_session_that_cannot_be_read_can_be_forgotten() {
    let mut site = Site::with_session(config());
    site.world(|world| world.damage(b"?"));
    let cookie = site.cookie.clone();
    let visit = Visit::new().cookie(cookie.as_bytes());
    assert_eq!(site.sessions.forget(&visit, site.now()).unwrap(), 1);
    assert_eq!(site.open().arrival(), Arrival::Ended(EndedBy::SignOut));
    site.cookie.clear();
    assert_eq!(site.sessions.forget(&Visit::new(), site.now()).unwrap(), 0);
}

#[test]
fn the_form_of_a_sign_in_is_good_for_both_halves_of_a_double_click() {
    for again in ["login", "elevate"] {
        let mut site = Site::with_session(config());
        if again == "elevate" {
            site.sign_in("ada");
        }
        let page = site.open();
        let text = page.tokens().text("form").unwrap();
        site.save(&page).unwrap();
        let old = site.cookie.clone();
        let first = site.open();
        match again {
            "login" => first.login("ada").unwrap(),
            _ => first.elevate(1).unwrap(),
        }
        site.save(&first).unwrap();
        let late = open_late(&site, &old);
        assert_eq!(late.tokens().check("form", text.as_str()), Ok(TokenVerdict::Good), "{again}");
        assert_eq!(late.tokens().check("other", text.as_str()), Ok(TokenVerdict::Missing));
        let forged = site.elsewhere().open().tokens().text("form").unwrap();
        assert_eq!(late.tokens().check("form", forged.as_str()), Ok(TokenVerdict::Missing));
        assert_eq!(late.tokens().verify("form", text.as_str()), Ok(false), "it is no token of this session");
        assert_eq!(site.open().tokens().check("form", text.as_str()), Ok(TokenVerdict::Superseded));
        site.pass(61);
        assert_eq!(open_late(&site, &old).tokens().check("form", text.as_str()), Ok(TokenVerdict::Missing));
    }
}

#[test]
fn a_late_page_that_counts_visits_is_shown_and_its_count_dropped() {
    let mut site = Site::with_session(config());
    let old = site.cookie.clone();
    site.sign_in("ada");
    let visit = Visit::new().cookie(old.as_bytes()).user_agent(site.agent.as_bytes()).safe();
    let late = site.sessions.open(&visit, site.now()).unwrap();
    late.set("visits", 1).unwrap();
    let settled = site.sessions.save(&late, site.now()).unwrap();
    assert_eq!((settled.saved, settled.cookie), (Saved::Withheld, SetCookie::Keep));
}
