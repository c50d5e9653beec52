use std::collections::HashSet;

use session_core::{
    OpenSession, SessionError,
    exchange::{Exchange as _, Saved, Step, finish},
    session::{TokenText, TokenVerdict},
    store::{Applied, StoreErrorKind},
};

use crate::site::{Site, config, seconds, with};

#[test]
fn a_token_is_never_shown_twice_the_same_and_every_form_of_it_is_good() {
    let site = Site::new(config());
    let session = site.open();
    let texts: HashSet<_> =
        (0..100).map(|_| session.tokens().text("form").unwrap().as_str().to_owned()).collect();
    assert_eq!(texts.len(), 100);
    assert!(texts.iter().all(|text| session.tokens().verify("form", text).unwrap()));
    let fronts: HashSet<_> = texts.iter().map(|text| &text[..43]).collect();
    assert_eq!(fronts.len(), 100, "the mask is another one each time");
    assert!(!texts.iter().any(|text| session.tokens().verify("other", text).unwrap()));
}

#[test]
fn what_is_not_the_token_is_refused() {
    let site = Site::new(config());
    let session = site.open();
    let text = session.tokens().text("form").unwrap().as_str().to_owned();
    let other = Site::new(config()).open().tokens().text("form").unwrap();
    let mut flipped = text.clone().into_bytes();
    flipped[85] ^= 1;
    let flipped = String::from_utf8_lossy(&flipped).into_owned();
    for bad in ["", "A", &text[1..], &format!("{text}A"), &"A".repeat(86), "ü", &flipped] {
        assert!(!session.tokens().verify("form", bad).unwrap(), "{bad:?}");
    }
    drop(other);
}

#[test]
fn the_text_of_a_form_tells_whether_it_was_made_for_an_owner_and_is_good_by_every_method() {
    let site = Site::new(config());
    let session = site.open();
    session.set("cart", 1).unwrap();
    let text = || session.tokens().form_text("form").unwrap().as_str().to_owned();
    assert!(!TokenText::is_for_owner(&text()));
    session.login("ada").unwrap();
    let owners = text();
    assert!(TokenText::is_for_owner(&owners));
    let bare = owners[1..].to_owned();
    assert!(!TokenText::is_for_owner(&format!("v{bare}")), "that of a visitor is as long");
    for text in [&owners, &bare] {
        assert!(session.tokens().verify("form", text).unwrap());
        assert_eq!(session.tokens().check("form", text).unwrap(), TokenVerdict::Good);
    }
    for bad in [format!("o{owners}"), format!("v{bare}"), format!("v{owners}"), format!("x{bare}")] {
        assert!(!session.tokens().verify("form", &bad).unwrap(), "{bad}");
        assert_ne!(session.tokens().check("form", &bad).unwrap(), TokenVerdict::Good, "{bad}");
    }
    assert!(
        !TokenText::is_for_owner(&format!("o{}", &bare[1..])),
        "a text without a mark may begin with any letter"
    );
    session.tokens().claim("form", &owners).unwrap();
    session.logout().unwrap();
    assert_eq!(session.tokens().check("form", &owners).unwrap(), TokenVerdict::Missing);
}

#[test]
fn a_token_expires() {
    let mut site = Site::new(with(|settings| settings.idle = seconds(300)));
    let session = site.open();
    let text = session.tokens().create("form", Some(seconds(60))).unwrap();
    site.save(&session).unwrap();
    site.pass(59);
    assert!(site.open().tokens().verify("form", text.as_str()).unwrap());
    site.pass(1);
    let session = site.open();
    assert!(!session.tokens().verify("form", text.as_str()).unwrap());
    assert!(session.tokens().claim("form", text.as_str()).is_err());
    assert!(session.tokens().names().unwrap().is_empty());
}

#[test]
fn every_sign_in_gives_all_tokens_new_values() {
    let mut site = Site::new(config());
    let session = site.open();
    let text = session.tokens().text("form").unwrap();
    site.save(&session).unwrap();
    for change in [|s: &OpenSession| s.login("ada"), |s: &OpenSession| s.rotate()] {
        let session = site.open();
        let before = session.tokens().text("form").unwrap();
        change(&session).unwrap();
        site.save(&session).unwrap();
        let session = site.open();
        assert!(!session.tokens().verify("form", before.as_str()).unwrap());
        assert_eq!(session.tokens().names().unwrap(), ["form"]);
    }
    assert!(!site.open().tokens().verify("form", text.as_str()).unwrap());
}

#[test]
fn one_of_two_takers_gets_a_one_time_token_and_the_other_keeps_its_other_changes() {
    let mut site = Site::new(config());
    let session = site.open();
    let text = session.tokens().create("once", None).unwrap();
    site.save(&session).unwrap();
    let (one, two) = (site.open(), site.open());
    two.set("mine", 1).unwrap();
    assert!(site.sessions.consume(&one, "once", text.as_str(), site.now()).unwrap());
    assert!(!site.sessions.consume(&two, "once", text.as_str(), site.now()).unwrap());
    assert_eq!(site.save(&two).unwrap().saved, Saved::Committed { merged: 0 });
    assert_eq!(site.open().get("mine"), Ok(Some(1)));
    let three = site.open();
    assert!(!site.sessions.consume(&three, "once", text.as_str(), site.now()).unwrap());
}

#[test]
fn a_claim_that_is_only_saved_at_the_end_fails_there() {
    let mut site = Site::new(config());
    let session = site.open();
    let text = session.tokens().create("once", None).unwrap();
    site.save(&session).unwrap();
    let (one, two) = (site.open(), site.open());
    for session in [&one, &two] {
        session.tokens().claim("once", text.as_str()).unwrap();
    }
    site.save(&one).unwrap();
    assert!(matches!(site.save(&two), Err(SessionError::TokenSpent)));
}

#[test]
fn a_sign_in_does_not_bring_a_used_token_back() {
    let mut site = Site::new(config());
    let session = site.open();
    let text = session.tokens().create("once", None).unwrap();
    session.tokens().create("form", None).unwrap();
    site.save(&session).unwrap();
    let (taker, signing_in) = (site.open(), site.open());
    signing_in.login("ada").unwrap();
    assert!(site.sessions.consume(&taker, "once", text.as_str(), site.now()).unwrap());
    site.save(&signing_in).unwrap();
    assert_eq!(site.open().tokens().names().unwrap(), ["form"]);
}

#[test]
fn a_token_that_a_sign_in_renewed_cannot_be_used_where_the_old_one_was() {
    let mut site = Site::new(config());
    let session = site.open();
    let text = session.tokens().create("once", None).unwrap();
    site.save(&session).unwrap();
    let (taker, signing_in) = (site.open(), site.open());
    signing_in.login("ada").unwrap();
    let renewed = signing_in.tokens().read("once").unwrap().unwrap();
    signing_in.tokens().claim("once", renewed.as_str()).unwrap();
    assert!(site.sessions.consume(&taker, "once", text.as_str(), site.now()).unwrap());
    assert!(matches!(site.save(&signing_in), Err(SessionError::TokenSpent)));
    site.save(&signing_in).unwrap();
    assert_eq!(site.open().owner().as_deref(), Some("ada"), "its other changes are kept");
}

#[test]
fn a_claim_made_while_a_save_is_under_way_fails_without_losing_what_others_saved() {
    let mut site = Site::new(config());
    let session = site.open();
    let text = session.tokens().create("once", None).unwrap();
    site.save(&session).unwrap();
    let (taker, slow) = (site.open(), site.open());
    taker.set("theirs", 1).unwrap();
    assert!(site.sessions.consume(&taker, "once", text.as_str(), site.now()).unwrap());
    slow.set("mine", 1).unwrap();
    let mut step = finish(&slow, site.now()).unwrap();
    slow.tokens().claim("once", text.as_str()).unwrap();
    let error = loop {
        let Step::Ask(saving) = step else { panic!("a used token was taken again") };
        let answer = site.world(|world| world.try_perform(&saving.call()));
        match saving.answer(answer) {
            Ok(next) => step = next,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, SessionError::TokenSpent), "{error}");
    slow.set("later", 1).unwrap();
    assert_eq!(site.save(&slow).unwrap().saved, Saved::Committed { merged: 0 });
    assert_eq!(site.open().keys(), ["later", "mine", "theirs"]);
}

#[test]
fn a_claim_before_the_end_of_a_session_fails_where_another_request_was_first_and_the_session_ends() {
    for other_ends_it_too in [false, true] {
        let mut site = Site::new(config());
        let session = site.open();
        let text = session.tokens().create("once", None).unwrap();
        site.save(&session).unwrap();
        let (taker, leaving) = (site.open(), site.open());
        assert!(site.sessions.consume(&taker, "once", text.as_str(), site.now()).unwrap());
        if other_ends_it_too {
            taker.destroy();
            site.sessions.save(&taker, site.now()).unwrap();
        }
        leaving.tokens().claim("once", text.as_str()).unwrap();
        leaving.destroy();
        assert!(matches!(site.save(&leaving), Err(SessionError::TokenSpent)));
        assert!(site.open().is_new());
    }
}

/// Either request may have ended the session then, so neither the answer nor the store tells which one took the token. The
/// error is returned once: afterwards nothing is left to be saved.
#[test]
fn a_claim_before_the_end_of_a_session_is_not_acknowledged_when_the_answer_of_the_end_was_lost() {
    let ends: [fn(&OpenSession); 2] = [OpenSession::destroy, |session| session.logout().unwrap()];
    for end in ends {
        let mut site = Site::new(config());
        let session = site.open();
        session.login("ada").unwrap();
        let text = session.tokens().create("once", None).unwrap();
        site.save(&session).unwrap();
        let (taker, leaving) = (site.open(), site.open());
        assert!(site.sessions.consume(&taker, "once", text.as_str(), site.now()).unwrap());
        taker.destroy();
        site.sessions.save(&taker, site.now()).unwrap();
        leaving.tokens().claim("once", text.as_str()).unwrap();
        end(&leaving);
        site.world(|world| world.failures = vec![(StoreErrorKind::Timeout, Applied::Unknown)]);
        let saved = site.save(&leaving);
        assert!(matches!(saved, Err(SessionError::Unknown)), "two takers: {saved:?}");
        assert!(!leaving.is_changed());
        let again = site.save(&leaving).map(|settled| settled.saved);
        assert!(matches!(again, Ok(Saved::Nothing)), "{again:?}");
        assert!(site.open().is_new());
    }
}
