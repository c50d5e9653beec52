//! What one browser sends by turns is one session; another one with its cookie is not.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{Router, http::Method, routing::get};
use common::{Browser, ProbeStore, log};
use session_core::{
    SessionConfig,
    config::{FingerprintProperty, FingerprintSettings, OnMismatch},
};
use session_tower::{Session, SessionLayer};

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1";
const DESKTOP_SITE: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15";
const PLAYER: &str = "AppleCoreMedia/1.0.0.22B91 (iPhone; U; CPU OS 18_1_1 like Mac OS X; de_de)";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

async fn sign_in(session: Session) {
    session.login("ada").unwrap();
}

async fn who(session: Session) -> String {
    session.owner().unwrap_or_else(|| "nobody".to_owned())
}

fn site(config: SessionConfig) -> Browser {
    let layer = SessionLayer::new(ProbeStore::default(), config);
    Browser::new(
        &Router::new()
            .route("/sign-in", get(sign_in))
            .route("/who", get(who))
            .route("/write", get(write_all))
            .route("/arrival", get(async |session: Session| format!("{:?}", session.arrival())))
            .layer(layer),
    )
}

async fn ask(browser: &mut Browser, path: &str, headers: &[(&'static str, &'static str)]) -> String {
    browser.call(Method::GET, path, headers, "").await.body
}

#[tokio::test]
async fn a_player_a_desktop_site_and_a_header_that_a_page_sets_keep_the_session() {
    let language = ("accept-language", "de");
    for config in [SessionConfig::default(), SessionConfig::website(), SessionConfig::hardened()] {
        // The name that the browser of these tests knows.
        let config = config.change(|settings| settings.cookie.name = "AloSession".to_owned());
        let mut phone = site(config.unwrap());
        let home = [("user-agent", IPHONE), ("accept-language", "en-GB,en;q=0.9")];
        ask(&mut phone, "/sign-in", &home).await;
        for headers in [
            &[("user-agent", PLAYER)][..],
            &[("user-agent", IPHONE), language],
            &[("user-agent", IPHONE), ("dnt", "1"), ("sec-gpc", "1")],
            &[("user-agent", DESKTOP_SITE), language],
            &[("user-agent", IPHONE)],
            &[],
        ] {
            assert_eq!(ask(&mut phone, "/who", headers).await, "ada", "{headers:?}");
            assert_eq!(ask(&mut phone, "/who", &home).await, "ada", "after {headers:?}");
        }
    }
}

#[tokio::test]
async fn another_browser_with_the_cookie_is_nobody_and_its_owner_stays() {
    let mut phone = site(SessionConfig::default());
    let home = [("user-agent", IPHONE)];
    ask(&mut phone, "/sign-in", &home).await;
    for thief in [CHROME, "curl/8.5.0", "python-requests/2.32.3"] {
        assert_eq!(ask(&mut phone, "/who", &[("user-agent", thief)]).await, "nobody", "{thief}");
        assert_eq!(ask(&mut phone, "/who", &home).await, "ada");
    }
}

/// Changes what a handler can change without a sign-in, and saves it.
async fn write_all(session: Session) {
    session.set("stolen", 1).unwrap();
    session.tokens().text("form").unwrap();
    session.flash("hello", "world").unwrap();
    session.rotate().unwrap();
    assert!(session.save().await.is_err());
}

#[tokio::test]
async fn a_mismatch_never_replaces_the_cookie_of_the_owner_whatever_the_handler_writes() {
    // What `Destroy` has ended has no owner any more, so that only the first request concerns the owner's cookie.
    for (on_mismatch, thieves) in
        [(OnMismatch::Reject, &[CHROME, "curl/8.5.0"][..]), (OnMismatch::Destroy, &[CHROME])]
    {
        let config = SessionConfig::with(|settings| settings.fingerprint.on_mismatch = on_mismatch);
        let mut phone = site(config.unwrap());
        let home = [("user-agent", IPHONE)];
        ask(&mut phone, "/sign-in", &home).await;
        for &thief in thieves {
            let page = phone.call(Method::GET, "/write", &[("user-agent", thief)], "").await;
            assert_eq!(page.session_cookie(), None, "{on_mismatch:?} {thief}: {}", page.body);
            if on_mismatch == OnMismatch::Reject {
                let arrival = ask(&mut phone, "/arrival", &[("user-agent", thief)]).await;
                assert_eq!(arrival, "Rejected(Fingerprint)");
                assert_eq!(ask(&mut phone, "/who", &home).await, "ada", "after {thief}");
            }
        }
        // One who proves who they are gets a session of their own.
        let signed_in = phone.call(Method::GET, "/sign-in", &[("user-agent", CHROME)], "").await;
        assert!(signed_in.session_cookie().is_some(), "{on_mismatch:?}");
        assert_eq!(ask(&mut phone, "/who", &[("user-agent", CHROME)]).await, "ada");
    }
}

#[tokio::test]
async fn a_network_that_nobody_tells_is_said_once_with_the_cure() {
    log::capture();
    let with = |properties: &[FingerprintProperty]| {
        let fingerprint = |fingerprint: &mut FingerprintSettings| {
            fingerprint.properties = properties.iter().copied().collect();
        };
        let config = SessionConfig::with(|settings| fingerprint(&mut settings.fingerprint)).unwrap();
        SessionLayer::new(ProbeStore::default(), config)
    };
    let around = |layer: SessionLayer| Router::<()>::new().route("/", get(who)).layer(layer);
    let _fine = [
        around(with(&[FingerprintProperty::Browser])),
        around(with(&[FingerprintProperty::Network]).network(|_| None)),
    ];
    assert_eq!(log::count("call `SessionLayer::network`"), 0);
    let lacking = with(&[FingerprintProperty::Network]);
    let _apps = [around(lacking.clone()), around(lacking)];
    assert_eq!(log::count("call `SessionLayer::network`"), 1);
}
