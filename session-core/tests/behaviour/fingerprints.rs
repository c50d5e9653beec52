use session_core::config::{FingerprintProperty, OnMismatch};

use crate::site::{Site, config, with};

#[test]
fn another_browser_with_the_same_cookie_meets_the_policy() {
    for (policy, opens, survives) in [
        (OnMismatch::Destroy, false, false),
        (OnMismatch::Reject, false, true),
        (OnMismatch::Report, true, true),
    ] {
        let mut site = Site::with_session(with(|settings| settings.fingerprint.on_mismatch = policy));
        site.agent = "curl";
        assert_eq!(site.n().is_some(), opens, "{policy:?}");
        site.agent = "Firefox";
        assert_eq!(site.n().is_some(), survives, "{policy:?}");
    }
}

#[test]
fn a_session_that_changes_hands_by_report_is_bound_to_the_new_browser_by_its_next_write() {
    let mut site = Site::with_session(with(|settings| settings.fingerprint.on_mismatch = OnMismatch::Report));
    site.agent = "curl";
    let session = site.open();
    session.set("n", 2).unwrap();
    site.save(&session).unwrap();
    let mut site = site.reconfigured(config());
    site.agent = "curl";
    assert_eq!(site.n(), Some(2));
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
