use session_testing::{Browser, Site};

use crate::{
    framework::served,
    visitor::{add, sign_in, site},
};

/// A browser with one mug in its cart, and a good token.
async fn shopper(site: &Site) -> (Browser, String) {
    let browser = site.browser();
    add(&browser, "mug").await;
    let token = browser.get("/cart").await.csrf_token().unwrap();
    (browser, token)
}

/// Nothing was changed.
async fn has_its_mug(browser: &Browser) {
    browser.get("/cart").await.assert_status(200).assert_says("€12.90");
}

#[tokio::test]
async fn a_form_without_its_token_is_refused() {
    let (browser, _) = shopper(&site()).await;
    for path in ["/cart/empty", "/sign-in", "/sign-out", "/order", "/session/new-id", "/session/end"] {
        let page = browser.post(path).form(&[("name", "Eve"), ("once", "x")]).await;
        page.assert_status(403).assert_says("This form was not accepted").assert_not_saved();
        assert_eq!(page.header("set-cookie"), None, "{path}");
    }
    has_its_mug(&browser).await;
}

#[tokio::test]
async fn the_token_of_another_session_is_refused() {
    let site = site();
    let ((browser, _), (_, foreign)) = (shopper(&site).await, shopper(&site).await);
    for token in [foreign.as_str(), "", "x"] {
        let page = browser.post("/cart/empty").form(&[("_csrf", token)]).await;
        page.assert_status(403).assert_says("out of date").assert_not_saved();
    }
    has_its_mug(&browser).await;
}

#[tokio::test]
async fn a_token_ends_with_the_sign_in() {
    let (browser, token) = shopper(&site()).await;
    sign_in(&browser, "Ada").await.assert_redirects_to("/");
    let page = browser.post("/cart/empty").form(&[("_csrf", &token)]).await;
    page.assert_status(403).assert_says("out of date");
    has_its_mug(&browser).await;
}

#[tokio::test]
async fn another_site_is_refused_even_with_a_token() {
    let (browser, token) = shopper(&site()).await;
    let empty = || browser.post("/cart/empty").form(&[("_csrf", &token)]);
    for request in [
        empty().from("https://evil.example"),
        empty().from("https://blog.site.test"),
        empty().header("sec-fetch-site", "cross-site"),
        empty().header("sec-fetch-site", "cross-site").header("origin", "null"),
    ] {
        request.await.assert_status(403).assert_says("a page of another site").assert_not_saved();
    }
    has_its_mug(&browser).await;
    empty().await.assert_redirects_to("/cart");
}

#[tokio::test]
async fn without_tls_the_origin_alone_tells_the_site() {
    let site = served(Site::with_config(session_demo::config(false).unwrap(), session_demo::app));
    let browser = site.browser_at("http://shop.example:3000");
    add(&browser, "mug").await;
    let token = browser.get("/cart").await.csrf_token().unwrap();
    let empty = || browser.post("/cart/empty").form(&[("_csrf", &token)]);
    for request in [
        empty().from("https://evil.example"),
        empty().from("http://shop.example"),
        empty().header("origin", "null"),
        empty().header("sec-fetch-site", "same-site"),
    ] {
        request.await.assert_status(403).assert_says("a page of another site");
    }
    has_its_mug(&browser).await;
    empty().await.assert_redirects_to("/cart");
}

#[tokio::test]
async fn a_token_never_looks_the_same_twice() {
    let (browser, first) = shopper(&site()).await;
    assert_ne!(browser.get("/cart").await.csrf_token().unwrap(), first);
    browser.post("/cart/empty").form(&[("_csrf", &first)]).await.assert_redirects_to("/cart");
}

#[tokio::test]
async fn an_address_takes_its_own_kind_of_request() {
    let (browser, _) = shopper(&site()).await;
    let page = browser.get("/cart/empty").await;
    page.assert_status(405).assert_says("That does not work here");
    assert_eq!(page.header("allow"), Some("POST"));
    has_its_mug(&browser).await;
}
