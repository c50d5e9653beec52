use alo_session::MemoryStore;
use session_testing::Site;

use crate::{
    framework::served,
    visitor::{at_once, config, site, slow_site},
};

#[tokio::test]
async fn visits_are_counted_for_each_browser() {
    let site = site();
    let (one, other) = (site.browser(), site.browser());
    one.get("/").await.assert_status(200).assert_says("first visit");
    one.get("/").await.assert_says("<strong>2</strong> times");
    other.get("/").await.assert_says("first visit");
    one.get("/").await.assert_says("<strong>3</strong> times");
}

#[tokio::test]
async fn visits_at_the_same_moment_are_all_counted() {
    let browser = slow_site().browser();
    browser.get("/").await;
    at_once(8, async |_| {
        for _ in 0..5 {
            browser.get("/").await.assert_status(200);
        }
    })
    .await;
    browser.get("/").await.assert_status(200).assert_says("<strong>42</strong> times");
}

#[tokio::test]
async fn a_cookie_that_opens_nothing_is_never_adopted() {
    let browser = site().browser();
    let planted = "A".repeat(86);
    let page = browser.get("/").header("cookie", &format!("AloSession={planted}")).await;
    page.assert_status(200).assert_says("first visit").assert_started();
    assert_ne!(browser.cookie("AloSession"), Some(planted));
}

#[tokio::test]
async fn what_is_the_same_for_all_costs_no_session() {
    let site = site();
    for (path, status) in [
        ("/style.css", 200),
        ("/icon.svg", 200),
        ("/session/ended", 200),
        ("/nowhere", 404),
        ("/favicon.ico", 404),
    ] {
        let page = site.browser().get(path).await;
        page.assert_status(status).assert_stored_nothing();
        assert_eq!(page.header("set-cookie"), None, "{path}");
    }
    let style = site.browser().get("/style.css").await;
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), Some("public, max-age=3600"));
    site.browser().get("/nowhere").await.assert_status(404).assert_says("There is no such page");
}

#[tokio::test]
async fn a_page_of_a_session_is_kept_by_no_cache() {
    let page = site().browser().get("/shop").await;
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("vary"), Some("cookie"));
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
}

#[tokio::test]
async fn a_store_that_fails_is_said_and_not_hidden() {
    let full = MemoryStore::builder().max_entries(1).build().unwrap();
    let site = served(Site::with_store(full, config(), session_demo::app));
    site.browser().get("/").await.assert_status(200).assert_says("first visit");
    let page = site.browser().get("/").await;
    page.assert_status(503).assert_says("Please try again in a moment").assert_stored_nothing();
    assert_eq!(page.header("retry-after"), Some("2"));
    assert_eq!(page.header("set-cookie"), None);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
}
