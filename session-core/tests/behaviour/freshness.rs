//! The time and the level of the last sign-in.

use session_core::{OpenSession, SessionError, session::SignInRequired};

use crate::site::{Site, seconds, with};

#[test]
fn a_sign_in_is_fresh_for_the_time_asked_for() {
    let mut site = Site::with_session(with(|settings| settings.idle = seconds(3000)));
    assert_eq!(site.open().require_fresh(seconds(300)), Err(SignInRequired::NotSignedIn.into()));
    site.sign_in("ada");
    for (pause, fresh) in [(0, true), (300, true), (1, false)] {
        site.pass(pause);
        let session = site.open();
        assert_eq!(session.require_fresh(seconds(300)).is_ok(), fresh, "{pause}");
        session.update("n", |n: &mut u32| *n += 1).unwrap();
        session.rotate().unwrap();
        site.save(&session).unwrap();
    }
    assert_eq!(site.open().require_fresh(seconds(300)), Err(SignInRequired::Stale.into()));
    assert_eq!(site.open().require_fresh(seconds(301)), Ok(()));
}

#[test]
fn signing_in_again_makes_it_fresh_and_changes_the_id() {
    type SignIn = fn(&OpenSession) -> Result<(), SessionError>;
    let ways: [SignIn; 2] = [|session| session.login("ada"), |session| session.elevate(0)];
    for again in ways {
        let mut site = Site::new(with(|settings| settings.idle = seconds(3000)));
        site.sign_in("ada");
        site.pass(1000);
        let (old, session) = (site.cookie.clone(), site.open());
        again(&session).unwrap();
        site.save(&session).unwrap();
        assert_eq!(site.open().require_fresh(seconds(1)), Ok(()));
        let new = std::mem::replace(&mut site.cookie, old);
        assert!(new != site.cookie && site.open().is_new(), "the old id is dead");
    }
}

#[test]
fn a_level_is_kept_until_the_next_sign_in() {
    let mut site = Site::with_session(with(|settings| settings.absolute = seconds(1000)));
    assert_eq!(site.open().elevate(1), Err(SignInRequired::NotSignedIn.into()));
    site.sign_in("ada");
    assert_eq!(site.open().require_level(1), Err(SignInRequired::Level.into()));
    site.pass(200);
    let session = site.open();
    session.elevate(2).unwrap();
    site.save(&session).unwrap();
    assert_eq!(session.absolute_deadline(), site.now().after(seconds(1000)));
    let session = site.open();
    session.rotate().unwrap();
    site.save(&session).unwrap();
    assert_eq!([1, 2, 3].map(|level| site.open().require_level(level).is_ok()), [true, true, false]);
    assert_eq!(site.open().level(), 2);
    site.sign_in("ada");
    assert_eq!(site.open().require_level(1), Err(SignInRequired::Level.into()));
    let session = site.open();
    session.elevate(2).unwrap();
    session.logout().unwrap();
    session.set("n", 1).unwrap();
    site.save(&session).unwrap();
    let session = site.open();
    assert_eq!((session.level(), session.require_level(0)), (0, Err(SignInRequired::NotSignedIn.into())));
}
