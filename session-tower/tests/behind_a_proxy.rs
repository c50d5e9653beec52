//! What the page of the book on proxies says, with the lines that nginx and HAProxy were seen to send.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    http::{Method, StatusCode},
    routing::{get, post},
};
use common::{Browser, ProbeStore, browser::Page, log};
use session_core::SessionConfig;
use session_tower::{CsrfLayer, CsrfToken, RequireSignIn, Session, SessionFailure, SessionLayer};

async fn form(token: CsrfToken) -> Result<String, SessionFailure> {
    Ok(token.text()?.as_str().to_owned())
}

async fn set(session: Session) -> Result<&'static str, SessionFailure> {
    session.set("n", 1)?;
    Ok("set")
}

fn routes(csrf: CsrfLayer) -> Router {
    let members = Router::new().route("/members", get(async || "members")).route_layer(RequireSignIn::new());
    Router::new()
        .route("/form", get(form))
        .route("/set", get(set))
        .route("/order", post(async || "done"))
        .merge(members)
        .layer(csrf)
}

fn layer(config: SessionConfig) -> SessionLayer {
    SessionLayer::new(ProbeStore::default(), config).sign_in_page("/sign-in")
}

/// What a browser adds to a form of `https://shop.example:8443`: an old one, and one of today.
const OLD: &[(&str, &str)] = &[("origin", "https://shop.example:8443")];
const NEW: &[(&str, &str)] = &[("origin", "https://shop.example:8443"), ("sec-fetch-site", "same-origin")];

/// Sends a form with a good token through a proxy that adds these lines.
async fn sent(csrf: CsrfLayer, browser: &[(&str, &str)], proxy: &[(&str, &str)]) -> StatusCode {
    let app = routes(csrf).layer(layer(SessionConfig::default()));
    let mut ada = Browser::new(&app);
    let token = ada.call(Method::GET, "/form", proxy, "").await.body;
    let lines = [browser, proxy, &[("x-csrf-token", token.as_str())]].concat();
    ada.call(Method::POST, "/order", &lines, "").await.status
}

#[tokio::test]
async fn a_form_passes_if_the_proxy_passes_the_host_on_or_the_browser_says_where_it_comes_from() {
    let allowed = || CsrfLayer::new().allow_origin("https://shop.example:8443").unwrap();
    let nginx_with_host = ("host", "shop.example:8443");
    let nginx_as_it_is = ("host", "127.0.0.1:3000");
    let without_port = ("host", "shop.example");
    // Anybody can send these.
    let claims = [("x-forwarded-host", "shop.example:8443"), ("forwarded", "host=\"shop.example:8443\"")];
    for (proxy, old) in [
        (&[nginx_with_host][..], StatusCode::OK),
        (&[nginx_as_it_is], StatusCode::FORBIDDEN),
        (&[without_port], StatusCode::FORBIDDEN),
        (&[nginx_as_it_is, claims[0], claims[1]], StatusCode::FORBIDDEN),
    ] {
        assert_eq!(sent(CsrfLayer::new(), OLD, proxy).await, old, "{proxy:?}");
        if old == StatusCode::FORBIDDEN {
            let line = log::last("request refused by the CSRF protection");
            assert!(line.contains("https://shop.example:8443") && line.contains(proxy[0].1), "{line}");
        }
        assert_eq!(sent(CsrfLayer::new(), NEW, proxy).await, StatusCode::OK, "{proxy:?}");
        assert_eq!(sent(allowed(), OLD, proxy).await, StatusCode::OK, "{proxy:?}");
    }
}

#[tokio::test]
async fn over_http_2_the_authority_is_the_host() {
    for (target, status) in
        [("http://shop.example:8443", StatusCode::OK), ("http://127.0.0.1:3000", StatusCode::FORBIDDEN)]
    {
        let app = routes(CsrfLayer::new()).layer(layer(SessionConfig::default()));
        let mut ada = Browser::new(&app);
        let token = ada.get(&format!("{target}/form")).await.body;
        let lines = [OLD, &[("x-csrf-token", token.as_str())]].concat();
        assert_eq!(ada.call(Method::POST, &format!("{target}/order"), &lines, "").await.status, status);
    }
}

#[tokio::test]
async fn the_cookie_is_that_of_the_configuration_whatever_the_proxy_says_of_tls() {
    for said in ["https", "http"] {
        for (config, cookie) in
            [(SessionConfig::default(), "AloSession="), (SessionConfig::hardened(), "__Host-")]
        {
            let name = config.cookie.name.clone();
            assert!(name.starts_with(cookie.trim_end_matches('=')), "{name}");
            let app = routes(CsrfLayer::new()).layer(layer(config));
            let page: Page = Browser::new(&app)
                .call(Method::GET, "/set", &[("x-forwarded-proto", said), ("host", "127.0.0.1:3000")], "")
                .await;
            let set = page.header("set-cookie");
            assert!(
                set.starts_with(cookie) && set.contains("; Path=/;") && set.contains("; Secure"),
                "{set}"
            );
            assert!(!set.contains("Domain"), "{set}");
            assert_eq!(
                (page.header("cache-control"), page.header("vary")),
                ("no-store".into(), "cookie".into())
            );
        }
    }
    let below = SessionConfig::with(|settings| {
        settings.cookie.name = "__Host-shop".to_owned();
        settings.cookie.path = "/shop".to_owned();
    });
    assert!(below.is_err(), "two programs under one host need two names");
}

#[tokio::test]
async fn the_way_to_the_sign_in_and_back_is_that_of_the_path_that_arrives() {
    let app = Router::new().nest("/shop", routes(CsrfLayer::new()));
    let app = app.layer(layer(SessionConfig::default()).sign_in_page("/shop/sign-in"));
    let page = Browser::new(&app).call(Method::GET, "/shop/members", &[("accept", "text/html")], "").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.header("location"), "/shop/sign-in?next=%2Fshop%2Fmembers");
    // The proxy has cut `/shop`: the way back leads out of the site.
    let cut = routes(CsrfLayer::new()).layer(layer(SessionConfig::default()).sign_in_page("/shop/sign-in"));
    let page = Browser::new(&cut).call(Method::GET, "/members", &[("accept", "text/html")], "").await;
    assert_eq!(page.header("location"), "/shop/sign-in?next=%2Fmembers");
}

#[tokio::test]
async fn the_address_of_the_client_is_in_the_last_line_of_several() {
    let seen: Arc<Mutex<Option<IpAddr>>> = Arc::default();
    let config = SessionConfig::with(|settings| {
        settings.fingerprint.properties.insert(session_core::config::FingerprintProperty::Network);
    });
    let noted = Arc::clone(&seen);
    let layer = layer(config.unwrap()).network(move |request| {
        // As on the page.
        let last = request.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        let address = last.rsplit(',').next()?.trim().parse().ok();
        *noted.lock().unwrap() = address;
        address
    });
    let mut ada = Browser::new(&routes(CsrfLayer::new()).layer(layer));
    for (lines, address) in [
        (&[("x-forwarded-for", "203.0.113.7")][..], "203.0.113.7"),
        // HAProxy adds a line to that of the client, others add to it.
        (&[("x-forwarded-for", "9.9.9.9"), ("x-forwarded-for", "203.0.113.7")], "203.0.113.7"),
        (&[("x-forwarded-for", "9.9.9.9, 203.0.113.7")], "203.0.113.7"),
    ] {
        ada.call(Method::GET, "/set", lines, "").await;
        assert_eq!(*seen.lock().unwrap(), Some(address.parse().unwrap()), "{lines:?}");
    }
}
