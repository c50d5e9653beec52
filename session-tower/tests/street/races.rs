//! A request that lost a race never wins the cookie: late pages, stale tabs.

use session_testservers::jar::Trip;

use crate::harness::{Raw, Site, hours, seconds};

/// What arrives late, with the id from before a sign-in.
const LATE: [(&str, &str); 9] = [
    ("GET", "/who"),
    ("GET", "/form"),
    ("GET", "/write"),
    ("POST", "/write"),
    ("GET", "/flash"),
    ("GET", "/flash-show"),
    ("HEAD", "/form"),
    ("GET", "/status/500"),
    ("POST", "/sign-out"),
];

#[tokio::test]
async fn a_late_page_with_the_id_from_before_the_sign_in_sets_no_cookie() {
    for (method, path) in LATE {
        for pause in [0, 5, 59] {
            let site = Site::start(|_| {}).await;
            let mut ada = site.browser();
            ada.get("/write").await;
            let trip = Trip::to(&ada.home.at(path));
            let late = ada.dress(Raw::new(method, path), &trip);
            ada.get("/sign-in/ada").await;
            site.time.pass(seconds(pause));
            let page = late.send(site.server).await;
            assert_eq!(
                page.session_cookies(),
                Vec::<&str>::new(),
                "{method} {path} after {pause} s: {}",
                page.status
            );
            ada.keep(&page, &trip);
            assert!(ada.who().await.starts_with("ada "), "{method} {path} after {pause} s");
        }
    }
}

#[tokio::test]
async fn a_late_page_changes_nothing_in_the_session_of_the_sign_in() {
    let site = Site::start(|_| {}).await;
    let mut ada = site.browser();
    ada.get("/write").await;
    let [late, posted] =
        [Raw::get("/write"), Raw::new("POST", "/write")].map(|raw| ada.dress(raw, &Trip::to(&ada.home)));
    ada.get("/sign-in/ada").await;
    let before = site.store.len();
    assert_eq!(late.send(site.server).await.status, 200, "what a page changes by the way is dropped");
    let page = posted.send(site.server).await;
    assert_eq!(page.status, 409, "a change that is not stored is not acknowledged: {}", page.body);
    assert_eq!(ada.who().await, "ada 1");
    assert_eq!(site.store.len(), before, "no orphan");
}

#[tokio::test]
async fn an_id_that_was_replaced_for_its_age_wins_no_cookie_after_its_grace() {
    for (method, path) in LATE {
        let site = Site::start(|settings| {
            settings.rotate_after = Some(seconds(60));
            settings.idle = hours(1);
        })
        .await;
        let mut ada = site.ada().await;
        let trip = Trip::to(&ada.home.at(path));
        let late = ada.dress(Raw::new(method, path), &trip);
        site.time.pass(seconds(61));
        ada.who().await;
        site.time.pass(seconds(30));
        let page = late.send(site.server).await;
        assert_eq!(page.session_cookies(), Vec::<&str>::new(), "{method} {path}");
        assert!(ada.who().await.starts_with("ada "), "{method} {path}");
    }
}
