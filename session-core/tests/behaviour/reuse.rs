//! An old id that is used after its grace, as a thief or the thief's victim would use it.

use session_core::{SessionError, config::OnReuse};

use crate::site::{Site, config, seconds, with};

fn site(on_reuse: OnReuse) -> Site {
    Site::with_session(with(|settings| {
        settings.rotate_after = Some(seconds(60));
        settings.grace = seconds(10);
        settings.on_reuse = on_reuse;
    }))
}

/// Makes a request when the id is old enough to be replaced.
fn grow_old(site: &mut Site) {
    site.pass(60);
    let session = site.open();
    site.save(&session).unwrap();
}

/// A second browser on the same site, with the current cookie.
fn copy(site: &Site) -> Site {
    Site { cookie: site.cookie.clone(), ..site.elsewhere() }
}

#[test]
fn a_late_use_is_reported_or_ends_the_anonymous_session_however_often_it_moved() {
    for (on_reuse, alive) in [(OnReuse::Report, Some(1)), (OnReuse::EndFamily, None)] {
        for moves in 1..=3 {
            let mut site = site(on_reuse);
            let thief = copy(&site);
            for _ in 0..moves {
                grow_old(&mut site);
            }
            let bystander = Site::with_session(config());
            site.pass(10);
            assert_eq!(thief.n(), None, "it opens nothing either way");
            assert_eq!((site.n(), bystander.n()), (alive, Some(1)), "{on_reuse:?} after {moves}");
        }
    }
}

#[test]
fn a_late_use_ends_all_sessions_of_the_owner_once() {
    let mut site = site(OnReuse::EndFamily);
    site.sign_in("ada");
    let (mut other, mut bob) = (site.elsewhere(), site.elsewhere());
    other.sign_in("ada");
    bob.sign_in("bob");
    let thief = copy(&site);
    grow_old(&mut site);
    site.pass(10);
    assert!(thief.open().is_new());
    let owners = |sites: [&Site; 3]| sites.map(|site| site.open().owner());
    assert_eq!(owners([&site, &other, &bob]), [None, None, Some("bob".to_owned())]);
    // A new sign-in is not ended by the same old id.
    site.sign_in("ada");
    assert!(thief.open().is_new());
    assert_eq!(site.open().owner().as_deref(), Some("ada"));
}

#[test]
fn what_parallel_tabs_and_lost_responses_do_is_no_late_use() {
    let mut site = site(OnReuse::EndFamily);
    let tab = copy(&site);
    grow_old(&mut site);
    site.pass(9);
    assert_eq!((tab.n(), site.n()), (Some(1), Some(1)), "within the grace");
    // Rights change: only the id of the tab ends.
    type Change = fn(&session_core::OpenSession) -> Result<(), SessionError>;
    let changes: [Change; 4] = [
        |session| session.login("ada"),
        |session| session.elevate(1),
        |session| session.rotate(),
        |session| session.logout().and_then(|()| session.set("n", 1)),
    ];
    for change in changes {
        let tab = copy(&site);
        let session = site.open();
        change(&session).unwrap();
        site.save(&session).unwrap();
        site.pass(30);
        assert_eq!((tab.n(), site.n()), (None, Some(1)));
    }
}

#[test]
fn an_anonymous_id_has_no_say_over_the_owner_it_led_to() {
    let mut site = site(OnReuse::EndFamily);
    let thief = copy(&site);
    grow_old(&mut site);
    site.sign_in("ada");
    site.pass(10);
    assert!(thief.open().is_new());
    assert_eq!(site.open().owner().as_deref(), Some("ada"));
}

#[test]
fn a_family_that_cannot_be_ended_is_an_error_and_is_ended_by_the_next_use() {
    for owner in [None, Some("ada")] {
        let mut site = site(OnReuse::EndFamily);
        if let Some(owner) = owner {
            site.sign_in(owner);
        }
        let thief = copy(&site);
        grow_old(&mut site);
        site.pass(10);
        for broken in ["load", if owner.is_some() { "revoke" } else { "delete" }] {
            site.world(|world| world.broken = Some(broken));
            assert!(matches!(thief.try_open(), Err(SessionError::Store(_))), "{broken}");
        }
        site.world(|world| world.broken = None);
        assert_eq!(site.n(), Some(1), "nothing has ended yet");
        assert!(thief.open().is_new());
        assert_eq!(site.n(), None);
    }
}

#[test]
fn a_late_use_is_seen_as_long_as_the_session_lives() {
    type Lifetime = fn(&session_core::OpenSession);
    let lifetimes: [(Lifetime, u64); 3] = [
        (|session| session.remember(seconds(30 * 86_400)).unwrap(), 12 * 3600),
        (|session| session.set_idle(Some(seconds(40_000))).unwrap(), 12 * 3600 - 4000),
        (|_| {}, 300),
    ];
    for (lifetime, later) in lifetimes {
        let mut owner = Site::new(with(|settings| {
            settings.rotate_after = Some(seconds(200));
            settings.on_reuse = OnReuse::EndFamily;
        }));
        let session = owner.open();
        session.login("ada").unwrap();
        lifetime(&session);
        owner.save(&session).unwrap();
        let mut thief = copy(&owner);
        owner.pass(200);
        let stolen = thief.open();
        thief.save(&stolen).unwrap();
        assert_ne!(thief.cookie, owner.cookie);
        owner.pass(later);
        assert!(owner.open().is_new());
        assert_eq!(thief.open().owner(), None, "the use of the old id after {later} s was seen");
        owner.pass(31 * 86_400);
        assert!(owner.open().is_new());
    }
}
