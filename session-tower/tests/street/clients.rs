//! One browser is many clients: its media player, its download manager, its own scripts. None of them may end or lose the
//! session; another browser with the same cookie is noticed.

use session_core::{SessionConfig, config::SameSite};

use crate::harness::{
    Raw, Site,
    browser::{ANDROID, Headers, IPHONE, WINDOWS},
};

/// What arrives with the cookie of an Android phone's browser.
const OF_ANDROID: Others = &[
    (
        "a download manager",
        &[
            ("User-Agent", "AndroidDownloadManager/14 (Linux; U; Android 14; Pixel 8 Build/UD1A)"),
            ("Accept-Language", "-"),
        ],
    ),
    ("a media player", &[("User-Agent", "stagefright/1.2 (Linux;Android 14)"), ("Accept-Language", "-")]),
    (
        "the desktop site",
        &[(
            "User-Agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        )],
    ),
];

/// What else arrives with the cookie of an iPhone's browser. A value of `-` leaves the header out.
const OF_IPHONE: Others = &[
    (
        "a video",
        &[
            ("User-Agent", "AppleCoreMedia/1.0.0.22B83 (iPhone; U; CPU OS 18_1 like Mac OS X; en_us)"),
            ("Accept-Language", "-"),
        ],
    ),
    (
        "a viewer of documents",
        &[("User-Agent", "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"), ("Accept-Language", "-")],
    ),
    (
        "a browser that was updated",
        &[(
            "User-Agent",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1",
        )],
    ),
    (
        "the desktop site",
        &[(
            "User-Agent",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
        )],
    ),
    ("a script's own language", &[("Accept-Language", "zz")]),
    ("another language of the browser", &[("Accept-Language", "de-DE,de;q=0.9,en;q=0.8")]),
    ("no language", &[("Accept-Language", "-")]),
    ("do not track", &[("DNT", "1")]),
    ("no user agent", &[("User-Agent", "-")]),
    ("an empty user agent", &[("User-Agent", "")]),
    ("no header at all", &[("User-Agent", "-"), ("Accept-Language", "-")]),
    ("a header that is not text", &[("Accept-Language", "\u{e9}\u{fc}")]),
];

/// Names of clients, with the headers that differ from those of the browser.
type Others = &'static [(&'static str, &'static [(&'static str, &'static str)])];

const PRESETS: [fn() -> SessionConfig; 3] =
    [SessionConfig::default, SessionConfig::website, SessionConfig::hardened];

/// The headers of the browser with these instead.
fn dressed(request: Raw, browser: Headers, changes: &[(&str, &str)]) -> Raw {
    let change = |name: &str| changes.iter().find(|(changed, _)| *changed == name).map(|(_, value)| *value);
    let mut request = request;
    for (name, value) in browser {
        request = request.header(name, change(name).unwrap_or(value));
    }
    for (name, value) in changes.iter().filter(|(name, _)| browser.iter().all(|(known, _)| known != name)) {
        request = request.header(name, value);
    }
    request.without("-")
}

#[tokio::test]
async fn no_other_client_of_the_same_browser_ends_or_loses_its_session() {
    let paths = ["/who", "/write", "/form", "/flash", "/untouched", "/status/404", "/status/206"];
    for (preset, path) in PRESETS.into_iter().flat_map(|preset| paths.map(|path| (preset, path))) {
        let of_iphone = OF_IPHONE.iter().map(|other| (IPHONE, other));
        let of_android = OF_ANDROID.iter().map(|other| (ANDROID, other));
        for (browser, (what, headers)) in of_iphone.chain(of_android) {
            let site = Site::start(|settings| *settings = (*preset()).clone()).await;
            let mut ada = site.browser();
            ada.headers = browser;
            ada.get("/sign-in/ada").await;
            let other =
                dressed(Raw::get(path).host("shop.test"), browser, headers).header("Cookie", &ada.cookie());
            let page = other.send(site.server).await;
            // Whatever the other client is told, the browser obeys: it has one jar.
            ada.keep(&page, &session_testservers::jar::Trip::to(&ada.home));
            let who = ada.who().await;
            assert!(
                who.starts_with("ada "),
                "{what} at {path} under {:?}: {who}, told {:?}",
                preset().idle,
                page.set_cookies()
            );
        }
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_sign_a_visitor_out_by_a_get() {
    let site = Site::start(|settings| settings.cookie.same_site = SameSite::None).await;
    let mut ada = site.ada().await;
    for language in ["zz", "*", "", "en", "x-evil"] {
        let request = dressed(Raw::get("/who"), IPHONE, &[("Accept-Language", language)]).headers(&[
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Mode", "no-cors"),
            ("Cookie", &ada.cookie()),
        ]);
        request.send(site.server).await;
        assert_eq!(ada.who().await, "ada 0", "{language}");
    }
}

#[tokio::test]
async fn another_browser_on_another_platform_is_noticed() {
    let log = crate::harness::Log::start();
    let site = Site::start(|_| {}).await;
    let mut ada = site.ada().await;
    let mut thief = ada.clone();
    thief.headers = WINDOWS;
    thief.get("/who").await;
    assert!(!log.with("fingerprint").is_empty(), "{:?}", log.lines());
    // Noticed, and not at the expense of the owner, whatever the thief's page writes.
    for path in ["/write", "/form", "/flash"] {
        thief.get(path).await;
    }
    assert_eq!(ada.who().await.split(' ').next(), Some("ada"));
}
