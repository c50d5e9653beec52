//! The idle lifetime of sessions without an owner.

use crate::site::{Site, seconds, with};

fn site(anonymous_idle: u64) -> Site {
    Site::with_session(with(|settings| {
        settings.idle = seconds(300);
        settings.anonymous_idle = Some(seconds(anonymous_idle));
    }))
}

#[test]
fn a_session_without_an_owner_has_its_own_idle_lifetime() {
    for anonymous in [20, 900] {
        let site = site(anonymous);
        site.pass(anonymous - 1);
        assert_eq!(site.n(), Some(1));
        site.pass(1);
        assert_eq!(site.n(), None);
    }
}

#[test]
fn it_lives_to_its_absolute_end_while_it_is_used() {
    for anonymous in [20, 900] {
        let mut site = site(anonymous);
        for _ in 0..40 {
            site.pass(anonymous * 9 / 10 - 1);
            let session = site.open();
            assert_eq!(session.get("n").unwrap(), Some(1), "{anonymous}");
            site.save(&session).unwrap();
        }
    }
}

#[test]
fn a_sign_in_and_a_sign_out_change_the_lifetime() {
    for anonymous in [20, 900] {
        let mut site = site(anonymous);
        site.sign_in("ada");
        site.pass(299);
        assert_eq!(site.n(), Some(1));
        let session = site.open();
        session.logout().unwrap();
        session.set("n", 2).unwrap();
        site.save(&session).unwrap();
        site.pass(anonymous - 1);
        assert_eq!(site.n(), Some(2));
        site.pass(1);
        assert_eq!(site.n(), None);
        site.sign_in("ada");
        site.pass(300);
        assert_eq!(site.open().owner(), None);
    }
}
