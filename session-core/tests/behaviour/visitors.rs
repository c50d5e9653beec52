//! The tokens of sessions that are not stored.

use session_core::{
    OpenSession, SessionConfig, Visit,
    config::SameSite,
    exchange::{head_sent, visitor_cookie},
    session::TokenVerdict,
};

use crate::site::{Site, config, with};

fn text(session: &OpenSession) -> String {
    session.tokens().form_text("form").unwrap().as_str().to_owned()
}

/// The pair in the second cookie of the response, as the browser sends it back.
fn pair(site: &Site, session: &OpenSession) -> String {
    let header = visitor_cookie(session, &site.context().config().cookie).unwrap();
    header.split(';').next().unwrap().to_owned()
}

fn check(site: &Site, cookies: &str, text: &str) -> TokenVerdict {
    let visit = Visit::new().cookie(cookies.as_bytes()).user_agent(site.agent.as_bytes());
    let session = site.sessions.open(&visit, site.now()).unwrap();
    session.tokens().check("form", text).unwrap()
}

#[test]
fn ten_thousand_looks_at_a_form_call_no_store() {
    let mut site = Site::new(config());
    for _ in 0..10_000 {
        let session = site.open();
        text(&session);
        site.save(&session).unwrap();
        assert!(site.cookie.is_empty());
    }
    assert!(site.calls().is_empty());
}

#[test]
fn the_text_is_good_with_its_cookie_alone_and_for_its_name_alone() {
    let site = Site::new(config());
    let session = site.open();
    let (first, second) = (text(&session), text(&session));
    assert_ne!(first, second, "masked anew");
    let cookie = pair(&site, &session);
    for text in [&first, &second] {
        assert_eq!(check(&site, &cookie, text), TokenVerdict::Good);
    }
    assert_eq!(check(&site, "", &first), TokenVerdict::Missing);
    let other = site.open();
    text(&other);
    assert_eq!(check(&site, &pair(&site, &other), &first), TokenVerdict::Wrong);
    let visit = Visit::new().cookie(cookie.as_bytes());
    let session = site.sessions.open(&visit, site.now()).unwrap();
    assert_eq!(session.tokens().check("another", &first).unwrap(), TokenVerdict::Wrong);
    assert!(!session.tokens().verify("form", &first).unwrap());
    assert!(session.tokens().claim("form", &first).is_err());
    assert!(site.calls().is_empty());
}

#[test]
fn every_other_text_is_wrong() {
    let site = Site::new(config());
    let session = site.open();
    let good = text(&session);
    let cookie = pair(&site, &session);
    for at in 1..good.len() {
        let mut other = good.clone().into_bytes();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        let other = String::from_utf8(other).unwrap();
        assert_ne!(check(&site, &cookie, &other), TokenVerdict::Good, "{at}");
    }
    for other in ["", "v", &good[1..], &good[..86], &format!("{good}A"), &good.to_uppercase(), "ü"] {
        assert_ne!(check(&site, &cookie, other), TokenVerdict::Good, "{other}");
    }
    let nonce = cookie.strip_prefix("AloSession-csrf=").unwrap();
    for other in [nonce, &format!("v{nonce}"), &format!("v{nonce}{nonce}")] {
        assert_ne!(check(&site, &cookie, other), TokenVerdict::Good, "the cookie does not tell the token");
    }
}

#[test]
fn the_secret_makes_the_token() {
    let secrets = |secrets: &[&'static str]| {
        with(|settings| settings.secrets = secrets.iter().map(|secret| (*secret).into()).collect())
    };
    let (one, two) = ("a secret of sixteen bytes", "another secret of as many");
    let site = Site::new(secrets(&[one]));
    let session = site.open();
    let (good, cookie) = (text(&session), pair(&site, &session));
    assert_eq!(check(&site, &cookie, &good), TokenVerdict::Good);
    for other in [config(), secrets(&[two])] {
        assert_eq!(check(&Site::new(other), &cookie, &good), TokenVerdict::Wrong);
    }
    // While the secret is replaced, both are good.
    for other in [secrets(&[one, two]), secrets(&[two, one])] {
        assert_eq!(check(&Site::new(other), &cookie, &good), TokenVerdict::Good);
    }
}

#[test]
fn all_tabs_of_a_browser_have_one_cookie() {
    let mut site = Site::new(config());
    let session = site.open();
    let first = text(&session);
    site.cookie = pair(&site, &session);
    let session = site.open();
    let second = text(&session);
    assert!(visitor_cookie(&session, &site.context().config().cookie).is_none());
    for text in [first, second] {
        assert_eq!(check(&site, &site.cookie, &text), TokenVerdict::Good);
    }
}

#[test]
fn planted_cookies_lock_nobody_out() {
    let site = Site::new(config());
    let session = site.open();
    let (good, cookie) = (text(&session), pair(&site, &session));
    let name = "AloSession-csrf";
    let planted = |fill: char| format!("{name}={}", fill.to_string().repeat(43));
    let seven: Vec<_> = "AEIMQUY".chars().map(planted).collect();
    for cookies in [
        format!("{name}=; {name}=x; {name}=\"\"; {name}; {cookie}"),
        format!("{}; {cookie}", seven.join("; ")),
        format!("{cookie}; {}", seven.join("; ")),
        format!("theme=dark;{cookie} ; lang=de"),
    ] {
        assert_eq!(check(&site, &cookies, &good), TokenVerdict::Good, "{cookies}");
    }
    // What the application makes with a planted cookie in front is good for the same browser.
    let cookies = format!("{}; {cookie}", planted('A'));
    let visit = Visit::new().cookie(cookies.as_bytes()).user_agent(site.agent.as_bytes());
    let text = text(&site.sessions.open(&visit, site.now()).unwrap());
    assert_eq!(check(&site, &cookies, &text), TokenVerdict::Good);
}

#[test]
fn the_cookie_has_the_attributes_of_the_session_and_ends_with_the_browser() {
    for (config, expected) in [
        (config(), "AloSession-csrf=; Path=/; Secure; HttpOnly; SameSite=Lax"),
        (SessionConfig::hardened(), "__Host-session-csrf=; Path=/; Secure; HttpOnly; SameSite=Lax"),
        (
            with(|settings| {
                settings.cookie.path = "/shop".into();
                settings.cookie.domain = Some("example.org".into());
                settings.cookie.same_site = SameSite::None;
                settings.cookie.partitioned = true;
                settings.cookie.persistent = true;
            }),
            "AloSession-csrf=; Path=/shop; Domain=example.org; Secure; HttpOnly; SameSite=None; Partitioned",
        ),
    ] {
        let site = Site::new(config);
        let session = site.open();
        text(&session);
        let header = visitor_cookie(&session, &site.context().config().cookie).unwrap();
        let (name, rest) = header.split_once('=').unwrap();
        let (value, attributes) = rest.split_once(';').unwrap();
        assert_eq!((value.len(), format!("{name}=;{attributes}")), (43, expected.to_owned()));
    }
}

#[test]
fn a_session_that_is_stored_or_will_be_keeps_its_own_token() {
    let mut site = Site::with_session(config());
    let session = site.open();
    let stored = text(&session);
    assert!(session.tokens().verify("form", &stored).unwrap());
    assert!(visitor_cookie(&session, &site.context().config().cookie).is_none());
    site.save(&session).unwrap();
    assert_eq!(site.open().tokens().check("form", &stored).unwrap(), TokenVerdict::Good);

    for change in [|s: &OpenSession| s.login("ada"), |s: &OpenSession| s.set("cart", 1)] {
        let session = site.elsewhere().open();
        change(&session).unwrap();
        let text = text(&session);
        assert!(session.tokens().verify("form", &text).unwrap(), "{text}");
    }
}

#[test]
fn a_visitors_text_is_good_until_the_sign_in() {
    let mut site = Site::new(config());
    let session = site.open();
    let visitor = text(&session);
    let cookie = pair(&site, &session);
    // The session is stored meanwhile, by another tab.
    let session = site.open();
    session.set("cart", 1).unwrap();
    site.save(&session).unwrap();
    assert_eq!(check(&site, &format!("{}; {cookie}", site.cookie), &visitor), TokenVerdict::Good);
    let session = site.open();
    session.login("ada").unwrap();
    site.save(&session).unwrap();
    assert_eq!(check(&site, &format!("{}; {cookie}", site.cookie), &visitor), TokenVerdict::Superseded);
    let session = site.open();
    session.logout().unwrap();
    site.save(&session).unwrap();
    assert_eq!(check(&site, &format!("{}; {cookie}", site.cookie), &visitor), TokenVerdict::Good);
}

#[test]
fn a_text_from_before_a_sign_in_is_told_from_a_wrong_one() {
    let mut site = Site::with_session(config());
    let mut foreign = site.elsewhere();
    let session = foreign.open();
    session.set("n", 2).unwrap();
    foreign.save(&session).unwrap();
    let session = site.open();
    let before = text(&session);
    site.save(&session).unwrap();
    let verdict = |site: &Site, text: &str| site.open().tokens().check("form", text).unwrap();
    assert_eq!(verdict(&site, &before), TokenVerdict::Good);
    site.sign_in("ada");
    let after = text(&site.open());
    assert_eq!(verdict(&site, &before), TokenVerdict::Superseded);
    assert_eq!(verdict(&site, &after), TokenVerdict::Good);
    assert_eq!(verdict(&site, &text(&foreign.open())), TokenVerdict::Wrong);
    assert_eq!(verdict(&site, ""), TokenVerdict::Wrong);
    assert!(!site.open().tokens().verify("form", &before).unwrap(), "the reason differs, not the refusal");
    // A mask alone, with which all zeros would be the value.
    let zeros = &"A".repeat(86);
    assert_eq!(verdict(&site, zeros), TokenVerdict::Wrong);
    let fresh = Site::with_session(config());
    assert_eq!(verdict(&fresh, zeros), TokenVerdict::Missing);
    let session = fresh.open();
    text(&session);
    assert_eq!(
        session.tokens().check("form", zeros).unwrap(),
        TokenVerdict::Wrong,
        "there was no token before"
    );
    // Only the last one.
    site.sign_in("ada");
    assert_eq!(verdict(&site, &before), TokenVerdict::Wrong);
    assert_eq!(verdict(&site, &after), TokenVerdict::Superseded);
}

#[test]
fn a_text_after_the_head_still_matches_a_cookie_that_is_there() {
    let site = Site::new(config());
    let session = site.open();
    let cookie = {
        text(&session);
        pair(&site, &session)
    };
    let visit = Visit::new().cookie(cookie.as_bytes());
    let session = site.sessions.open(&visit, site.now()).unwrap();
    head_sent(&session);
    assert_eq!(check(&site, &cookie, &text(&session)), TokenVerdict::Good);
}
