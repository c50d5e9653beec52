use crate::{browser::Browser, server::Server};

/// A browser with one mug in its cart, and a good token.
fn shopper(server: &Server) -> (Browser, String) {
    let mut browser = server.browser();
    browser.add("mug");
    let token = browser.get("/cart").field("_csrf");
    (browser, token)
}

#[test]
fn a_form_without_its_token_is_refused() {
    let server = Server::start();
    let (mut browser, _) = shopper(&server);
    for path in ["/cart/empty", "/sign-in", "/sign-out", "/order", "/session/new-id", "/session/end"] {
        let page = browser.post(path, &[("name", "Eve"), ("once", "x")], &[]);
        page.expect(403, "This form was not accepted");
        assert_eq!(page.header("set-cookie"), None, "{path}");
    }
    browser.get("/cart").expect(200, "€12.90");
}

#[test]
fn the_token_of_another_session_is_refused() {
    let server = Server::start();
    let (mut browser, _) = shopper(&server);
    let (_, foreign) = shopper(&server);
    for token in [foreign.as_str(), "", "x"] {
        browser.post("/cart/empty", &[("_csrf", token)], &[]).expect(403, "out of date");
    }
    browser.get("/cart").expect(200, "€12.90");
}

#[test]
fn a_token_ends_with_the_sign_in() {
    let server = Server::start();
    let (mut browser, token) = shopper(&server);
    browser.sign_in("Ada").expect_redirect("/");
    browser.post("/cart/empty", &[("_csrf", &token)], &[]).expect(403, "out of date");
    browser.get("/cart").expect(200, "€12.90");
}

#[test]
fn another_site_is_refused_even_with_a_token() {
    let server = Server::start();
    let (mut browser, token) = shopper(&server);
    for header in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        browser.post("/cart/empty", &[("_csrf", &token)], &[header]).expect(403, "a page of another site");
    }
    browser.get("/cart").expect(200, "€12.90");
    let own = server.base.clone();
    browser.post("/cart/empty", &[("_csrf", &token)], &[("origin", &own)]).expect_redirect("/cart");
}

#[test]
fn a_token_never_looks_the_same_twice() {
    let server = Server::start();
    let (mut browser, first) = shopper(&server);
    assert_ne!(browser.get("/cart").field("_csrf"), first);
    browser.post("/cart/empty", &[("_csrf", &first)], &[]).expect_redirect("/cart");
}

#[test]
fn an_address_takes_its_own_kind_of_request() {
    let server = Server::start();
    let (mut browser, _) = shopper(&server);
    let page = browser.get("/cart/empty");
    page.expect(405, "That does not work here");
    assert_eq!(page.header("allow"), Some("POST"));
    browser.get("/cart").expect(200, "€12.90");
}
