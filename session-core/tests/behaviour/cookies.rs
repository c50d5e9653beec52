use session_core::{
    cookie::SetCookie,
    exchange::{Saved, set_cookie},
    id::{Algorithm, CookieId, Generator},
};

use crate::site::{Site, config, seconds, with};

#[test]
fn an_id_that_was_never_issued_is_not_adopted() {
    let mut site = Site::new(config());
    let elsewhere = CookieId::generate(Algorithm::Sha512, None, &Generator).unwrap().expose();
    for cookie in [
        format!("AloSession={}", "A".repeat(Algorithm::Sha512.characters())),
        format!("AloSession={}.{}", "A".repeat(22), "A".repeat(Algorithm::Sha512.characters())),
        format!("AloSession={}", elsewhere.as_str()),
    ] {
        site.cookie.clone_from(&cookie);
        let session = site.open();
        assert!(session.is_new());
        session.set("n", 1).unwrap();
        assert_eq!(site.save(&session).unwrap().saved, Saved::Created);
        assert!(!site.cookie.contains(&cookie), "the session has an id that the client chose");
    }
}

#[test]
fn the_digest_of_an_id_opens_nothing() {
    let mut site = Site::with_session(with(|settings| settings.algorithm = Algorithm::Sha256));
    let (key, _) = site.world(|world| world.sessions()).remove(0);
    let digest: String = base64(key.digest.as_bytes());
    site.cookie = format!("AloSession={digest}");
    assert_eq!(site.n(), None);
}

#[test]
fn the_family_of_another_session_opens_nothing() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.login("ada").unwrap();
    site.save(&session).unwrap();
    let (family, secret) = site.cookie.trim_start_matches("AloSession=").split_once('.').unwrap();
    let mine = format!("AloSession={}.{secret}", family.chars().rev().collect::<String>());
    site.cookie = mine;
    assert_eq!(site.n(), None);
}

#[test]
fn a_valid_id_is_found_among_others() {
    let mut site = Site::with_session(config());
    let stale = format!("AloSession={}", "A".repeat(Algorithm::Sha512.characters()));
    let (before, after) = (format!("{stale}; {}", site.cookie), format!("{}; {stale}", site.cookie));
    for cookie in [before, after] {
        site.cookie = cookie;
        assert_eq!(site.n(), Some(1));
    }
}

#[test]
fn the_cookie_is_sent_once_and_a_persistent_one_lives_as_long_as_the_session_can() {
    for persistent in [false, true] {
        let mut site = Site::new(with(|settings| settings.cookie.persistent = persistent));
        let session = site.open();
        session.set("n", 1).unwrap();
        let age = persistent.then_some(seconds(12 * 3600));
        assert!(
            matches!(site.save(&session).unwrap().cookie, SetCookie::Set { max_age, .. } if max_age == age)
        );
        let session = site.open();
        session.set("n", 2).unwrap();
        assert!(matches!(site.save(&session).unwrap().cookie, SetCookie::Keep), "sent again a moment later");
        site.pass(100);
        let session = site.open();
        assert!(
            matches!(site.save(&session).unwrap().cookie, SetCookie::Keep),
            "sent again with the deadline"
        );
    }
}

#[test]
fn a_session_that_outlives_every_cookie_gets_its_cookie_again_with_every_response() {
    let year = 365 * 86_400;
    let mut site = Site::new(with(|settings| {
        settings.cookie.persistent = true;
        settings.idle = seconds(year);
        settings.absolute = seconds(3 * year);
    }));
    let session = site.open();
    session.set("n", 1).unwrap();
    site.save(&session).unwrap();
    site.pass(year / 2);
    let left = seconds(3 * year - year / 2);
    let session = site.open();
    assert!(matches!(set_cookie(&session), SetCookie::Set { max_age, .. } if max_age == Some(left)));
}

#[test]
fn a_request_that_lost_a_race_leaves_the_browsers_cookie_alone() {
    let mut site = Site::with_session(config());
    let (one, two, three) = (site.open(), site.open(), site.open());
    one.destroy();
    two.destroy();
    three.set("n", 2).unwrap();
    assert!(matches!(site.save(&one).unwrap().cookie, SetCookie::Remove));
    let second = site.save(&two).unwrap();
    assert!(matches!((second.saved, second.cookie), (Saved::Ended, SetCookie::Keep)));
    assert!(site.save(&three).is_err());
    assert!(matches!(set_cookie(&three), SetCookie::Keep));
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<bool> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    let sextet =
        |bits: &[bool]| (0..6).fold(0, |sum, at| sum << 1 | usize::from(bits.get(at) == Some(&true)));
    bits.chunks(6).map(|bits| char::from(ALPHABET[sextet(bits)])).collect()
}
