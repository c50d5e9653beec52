use session_core::{SessionError, exchange::Saved};

use crate::site::{Site, config, seconds, with};

fn aged() -> Site {
    let site = Site::with_session(with(|settings| {
        settings.rotate_after = Some(seconds(60));
        settings.grace = seconds(10);
    }));
    site.pass(60);
    site
}

#[test]
fn an_old_id_works_within_its_grace_and_gets_no_cookie() {
    let mut site = aged();
    let old = site.cookie.clone();
    let session = site.open();
    assert_eq!(site.save(&session).unwrap().saved, Saved::Rotated);
    let new = std::mem::replace(&mut site.cookie, old.clone());
    assert_ne!(old, new);
    site.pass(9);
    let tab = site.open();
    tab.set("tab", 1).unwrap();
    site.save(&tab).unwrap();
    assert_eq!(site.cookie, old, "a request with the old id must not tell a new one");
    site.cookie = new;
    assert_eq!(site.open().get("tab"), Ok(Some(1)), "its write was kept");
}

#[test]
fn an_old_id_opens_nothing_after_its_grace() {
    let mut site = aged();
    let old = site.cookie.clone();
    let session = site.open();
    site.save(&session).unwrap();
    site.pass(10);
    assert_eq!(site.n(), Some(1));
    site.cookie = old;
    assert_eq!(site.n(), None);
}

#[test]
fn a_young_id_is_kept() {
    let mut site = Site::with_session(with(|settings| settings.rotate_after = Some(seconds(60))));
    let old = site.cookie.clone();
    site.pass(59);
    let session = site.open();
    site.save(&session).unwrap();
    assert_eq!(site.cookie, old);
}

#[test]
fn signing_in_changes_the_id_keeps_the_data_and_kills_the_old_id_at_once() {
    let mut site = Site::with_session(config());
    let planted = site.cookie.clone();
    for owner in ["ada", "ada", "bob"] {
        let before = site.cookie.clone();
        let session = site.open();
        session.switch_owner(owner).unwrap();
        assert_eq!(site.save(&session).unwrap().saved, Saved::Rotated);
        assert_ne!(site.cookie, before);
        let after = std::mem::replace(&mut site.cookie, before);
        assert_eq!(site.n(), None, "the id from before the sign-in of {owner} still opens something");
        site.cookie = after;
        assert_eq!((site.n(), site.open().owner().as_deref()), (Some(1), Some(owner)));
    }
    site.cookie = planted;
    assert_eq!(site.n(), None);
    assert_eq!(site.world(|world| world.sessions().len()), 1);
}

#[test]
fn signing_out_leaves_nothing_of_the_owner_and_keeps_what_is_set_after() {
    let mut site = Site::with_session(config());
    let session = site.open();
    session.login("ada").unwrap();
    site.save(&session).unwrap();
    let owned = site.cookie.clone();
    let session = site.open();
    session.logout().unwrap();
    session.flash("info", "bye").unwrap();
    site.save(&session).unwrap();
    let session = site.open();
    assert_eq!((session.owner(), session.get::<u32>("n")), (None, Ok(None)));
    assert_eq!(session.take_flashes().unwrap()[0].text, "bye");
    site.cookie = owned;
    assert_eq!(site.open().owner(), None);
    assert_eq!(site.world(|world| world.sessions().len()), 1);
}

#[test]
fn signing_out_with_nothing_left_stores_nothing() {
    let mut site = Site::new(config());
    let session = site.open();
    session.login("ada").unwrap();
    site.save(&session).unwrap();
    let session = site.open();
    session.logout().unwrap();
    assert_eq!(site.save(&session).unwrap().saved, Saved::Ended);
    assert_eq!(site.cookie, "");
    assert_eq!(site.world(|world| world.sessions().len()), 0);
    session.set("n", 1).unwrap();
    assert_eq!(site.save(&session).unwrap().saved, Saved::Created, "the handle goes on as a new session");
}

#[test]
fn a_full_cap_refuses_the_sign_in_and_keeps_the_anonymous_session() {
    let limit = std::num::NonZeroU32::MIN;
    let mut site = Site::with_session(with(|settings| {
        settings.max_sessions = Some(limit);
        settings.on_full = session_core::store::OnFull::Refuse;
    }));
    site.elsewhere().sign_in("ada");
    let session = site.open();
    session.login("ada").unwrap();
    assert!(matches!(site.save(&session), Err(SessionError::Full)));
    assert_eq!((site.n(), site.open().owner()), (Some(1), None));
}
