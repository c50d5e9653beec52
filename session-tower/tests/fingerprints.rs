//! What one browser sends by turns is one session; another one with its cookie is not.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{Router, http::Method, routing::get};
use common::{Browser, ProbeStore, log};
use session_core::{
    SessionConfig,
    config::{FingerprintProperty, FingerprintSettings},
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
    Browser::new(&Router::new().route("/sign-in", get(sign_in)).route("/who", get(who)).layer(layer))
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
    assert_eq!(log::count("call `network` on the session layer"), 0);
    let lacking = with(&[FingerprintProperty::Network]);
    let _apps = [around(lacking.clone()), around(lacking)];
    assert_eq!(log::count("call `network` on the session layer"), 1);
}
