use session_core::{
    config::{FingerprintProperty, FingerprintSettings, OnMismatch},
    visit::Visit,
};

use crate::site::{Site, config, with};

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1";
const PLAYER: &str = "AppleCoreMedia/1.0.0.22B91 (iPhone; U; CPU OS 18_1_1 like Mac OS X; de_de)";

/// A site whose session began in this browser.
fn begun_in(agent: &'static str, policy: OnMismatch) -> Site {
    let mut site = Site::new(with(|settings| settings.fingerprint.on_mismatch = policy));
    site.agent = agent;
    site.sign_in("ada");
    site
}

fn owner(site: &Site, visit: Visit<'_>) -> Option<String> {
    site.sessions.open(&visit.cookie(site.cookie.as_bytes()), site.now()).unwrap().owner()
}

fn ada() -> Option<String> {
    Some("ada".to_owned())
}

#[test]
fn another_browser_with_the_same_cookie_meets_the_policy() {
    for (policy, opens, survives) in [
        (OnMismatch::Destroy, false, false),
        (OnMismatch::Reject, false, true),
        (OnMismatch::Report, true, true),
    ] {
        for (owns, steals) in [
            ("Firefox", "curl"),
            ("Firefox/128.0", "python-requests/2.32.3"),
            (IPHONE, CHROME),
            (CHROME, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            (CHROME, PLAYER),
        ] {
            let site = begun_in(owns, policy);
            let come =
                |agent: &'static str| owner(&site, Visit::new().user_agent(agent.as_bytes())).is_some();
            assert_eq!(come(steals), opens, "{policy:?} {steals}");
            assert_eq!(come(owns), survives, "{policy:?} {owns}");
        }
    }
}

#[test]
fn the_default_rejects_the_request_and_nothing_else() {
    assert_eq!(config().fingerprint.on_mismatch, OnMismatch::Reject);
}

#[test]
fn nothing_that_one_browser_changes_by_itself_ends_its_session_by_any_policy() {
    let iphone = || Visit::new().user_agent(IPHONE.as_bytes());
    for policy in [OnMismatch::Destroy, OnMismatch::Reject] {
        let site = begun_in(IPHONE, policy);
        for visit in [
            iphone().accept_language(b"de"),
            iphone().accept_language(b"zz").dnt(b"1"),
            iphone().network([198, 51, 100, 1].into()),
            Visit::new(),
            Visit::new().user_agent(b""),
            Visit::new().user_agent(b"Mozilla/5.0"),
            Visit::new().user_agent(PLAYER.as_bytes()),
            Visit::new().user_agent(b"Shop/1 CFNetwork/1498.700.2 Darwin/23.6.0"),
            Visit::new().user_agent(b"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/27.0 Mobile/15E148 Safari/604.1"),
            Visit::new().user_agent(b"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15"),
        ] {
            assert_eq!(owner(&site, visit.clone()), ada(), "{policy:?} {visit:?}");
            assert_eq!(owner(&site, iphone()), ada(), "{policy:?} after {visit:?}");
        }
    }
}

#[test]
fn the_rule_of_the_original_ends_the_session_at_any_other_header() {
    let original = || with(|settings| settings.fingerprint = FingerprintSettings::original());
    let home = || Visit::new().user_agent(b"Firefox");
    for other in
        [home().accept_language(b"de"), home().dnt(b"1"), Visit::new().user_agent(b"Firefox/2"), Visit::new()]
    {
        let mut site = Site::new(original());
        site.sign_in("ada");
        assert_eq!(owner(&site, home()), ada());
        assert_eq!(owner(&site, other.clone()), None, "{other:?}");
        assert_eq!(owner(&site, home()), None, "{other:?}");
    }
}

#[test]
fn by_report_a_session_stays_bound_to_the_browser_that_began_it() {
    let mut site = begun_in("Firefox", OnMismatch::Report);
    site.agent = "curl";
    let session = site.open();
    session.set("n", 2).unwrap();
    site.save(&session).unwrap();
    let mut site = site.reconfigured(config());
    assert_eq!(site.n(), Some(2));
    site.agent = "curl";
    assert_eq!(site.n(), None);
}

#[test]
fn a_fingerprint_switched_on_later_binds_at_the_next_write() {
    let site = Site::with_session(with(|settings| settings.fingerprint.properties.clear()));
    let mut site = site.reconfigured(with(|settings| {
        settings.fingerprint.properties = [FingerprintProperty::UserAgent].into();
    }));
    let session = site.open();
    session.set("n", 2).unwrap();
    site.save(&session).unwrap();
    site.agent = "curl";
    assert_eq!(site.n(), None);
}

#[test]
fn what_the_first_request_did_not_show_is_filled_in_by_the_next_write_and_not_by_a_reader() {
    let mut site = begun_in(PLAYER, OnMismatch::Reject);
    let chrome = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    for writes in [false, true] {
        site.agent = IPHONE;
        let session = site.open();
        assert_eq!(session.owner(), ada());
        site.calls();
        if writes {
            session.set("n", 1).unwrap();
        }
        site.save(&session).unwrap();
        assert_eq!(site.calls().is_empty(), !writes);
        site.agent = chrome;
        assert_eq!(site.open().owner(), ada().filter(|_| !writes), "{writes}");
    }
}

#[test]
fn a_stored_value_that_is_no_fingerprint_locks_nobody_out() {
    let site = Site::with_session(config());
    let mut site = site.reconfigured(with(|settings| settings.fingerprint_key = "n".to_owned()));
    let session = site.open();
    assert!(!session.is_new());
    session.set("m", 1).unwrap();
    site.save(&session).unwrap();
    let opened = |site: &Site| site.open().get::<u32>("m").unwrap();
    assert_eq!(opened(&site), Some(1));
    site.agent = "curl";
    assert_eq!(opened(&site), None);
}
