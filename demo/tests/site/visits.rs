use alo_session::MemoryStore;

use crate::server::{Server, at_once};

#[test]
fn visits_are_counted_for_each_browser() {
    let server = Server::start();
    let (mut one, mut other) = (server.browser(), server.browser());
    one.get("/").expect(200, "first visit");
    one.get("/").expect(200, "<strong>2</strong> times");
    other.get("/").expect(200, "first visit");
    one.get("/").expect(200, "<strong>3</strong> times");
}

#[test]
fn visits_at_the_same_moment_are_all_counted() {
    let server = Server::slow();
    let mut browser = server.browser();
    browser.get("/");
    at_once(8, || {
        let mut tab = browser.clone();
        (0..5).for_each(|_| assert_eq!(tab.get("/").status, 200));
    });
    browser.get("/").expect(200, "<strong>42</strong> times");
}

#[test]
fn a_cookie_that_opens_nothing_is_never_adopted() {
    let server = Server::start();
    let mut browser = server.browser();
    let planted = format!("AloSession={}", "A".repeat(86));
    browser.cookie = Some(planted.clone());
    browser.get("/").expect(200, "first visit");
    assert_ne!(browser.cookie, Some(planted));
}

#[test]
fn what_is_the_same_for_all_costs_no_session() {
    let server = Server::start();
    for (path, status) in [
        ("/style.css", 200),
        ("/icon.svg", 200),
        ("/session/ended", 200),
        ("/nowhere", 404),
        ("/favicon.ico", 404),
    ] {
        let page = server.browser().get(path);
        assert_eq!((page.status, page.header("set-cookie")), (status, None), "{path}");
    }
    assert!(server.store.is_empty());
    let mut browser = server.browser();
    let style = browser.get("/style.css");
    assert_eq!(style.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), Some("public, max-age=3600"));
    browser.get("/nowhere").expect(404, "There is no such page");
}

#[test]
fn a_page_of_a_session_is_kept_by_no_cache() {
    let server = Server::start();
    let page = server.browser().get("/shop");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("vary"), Some("cookie"));
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
}

#[test]
fn a_store_that_fails_is_said_and_not_hidden() {
    let server = Server::with_store(MemoryStore::builder().max_entries(1).build().unwrap());
    server.browser().get("/").expect(200, "first visit");
    let page = server.browser().get("/");
    page.expect(503, "Please try again in a moment");
    assert_eq!(page.header("retry-after"), Some("2"));
    assert_eq!(page.header("set-cookie"), None);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
}
