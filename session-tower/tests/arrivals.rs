//! What the layer tells the core about a request, and what comes of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{Router, http::Method, routing::get};
use common::{Browser, Clock, ProbeStore, log};
use session_core::{SessionConfig, config::SameSite};
use session_tower::{Session, SessionFailure, SessionLayer};

type Text = Result<String, SessionFailure>;

async fn take(session: Session) -> Text {
    Ok(session.take_flashes()?.into_iter().map(|flash| flash.text).collect())
}

async fn put(session: Session) -> Text {
    session.flash("info", "hello")?;
    Ok(format!("{:?}", session.arrival()))
}

async fn sign_in(session: Session) -> Text {
    session.login("ada")?;
    Ok("ada".into())
}

fn site(layer: SessionLayer) -> Router {
    Router::new()
        .route("/put", get(put).post(put))
        .route("/take", get(take))
        .route("/sign-in", get(sign_in).post(sign_in))
        .route("/who", get(async |session: Session| format!("{:?} {:?}", session.owner(), session.arrival())))
        .layer(layer)
}

fn plain() -> SessionLayer {
    SessionLayer::new(ProbeStore::default(), SessionConfig::default())
}

#[tokio::test]
async fn a_flash_waits_for_somebody_who_sees_it() {
    let mut ada = Browser::new(&site(plain()));
    ada.get("/put").await;
    ada.call(Method::HEAD, "/take", &[], "").await;
    for header in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
        assert_eq!(ada.call(Method::GET, "/take", &[header], "").await.body, "hello");
    }
    assert_eq!(ada.get("/take").await.body, "hello");
    assert_eq!(ada.get("/take").await.body, "");
}

/// A payment provider sends the browser back by a form.
#[tokio::test]
async fn coming_back_by_a_post_of_another_site_replaces_no_cookie() {
    let fetch = ("sec-fetch-site", "cross-site");
    let origin = [("host", "shop.example"), ("origin", "https://pay.example")];
    for headers in [&[fetch][..], &origin] {
        let mut ada = Browser::new(&site(plain()));
        ada.get("/sign-in").await;
        let kept = ada.cookie.take();
        let page = ada.call(Method::POST, "/put", headers, "").await;
        assert_eq!((page.body.as_str(), page.session_cookie()), ("CrossSite", None));
        ada.cookie = kept;
        assert_eq!(ada.get("/who").await.body, "Some(\"ada\") Known");
        // Who signs in proves itself.
        ada.cookie = None;
        assert!(ada.call(Method::POST, "/sign-in", headers, "").await.session_cookie().is_some());
    }
}

#[tokio::test]
async fn same_site_decides_what_was_held_back() {
    let link =
        [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    for (same_site, link_sets, form_sets) in
        [(SameSite::Lax, true, false), (SameSite::Strict, false, false), (SameSite::None, true, true)]
    {
        let config = SessionConfig::with(|settings| settings.cookie.same_site = same_site).unwrap();
        let configured = SessionLayer::new(ProbeStore::default(), config);
        // The cookie of the request counts, not that of the configuration.
        let chosen = plain().cookie(move |_, cookie| cookie.same_site = same_site);
        for layer in [configured, chosen] {
            let mut ada = Browser::new(&site(layer));
            let page = ada.call(Method::GET, "/put", &link, "").await;
            assert_eq!(page.session_cookie().is_some(), link_sets, "{same_site:?} link");
            ada.cookie = None;
            let page = ada.call(Method::POST, "/put", &link, "").await;
            assert_eq!(page.session_cookie().is_some(), form_sets, "{same_site:?} form");
        }
    }
}

/// One browser, one host, two ports, and one name of the cookie.
#[tokio::test]
async fn two_applications_on_two_ports_are_told_of_each_other_once() {
    let clock = Clock::default();
    let (mut first, mut second) =
        (Browser::new(&site(clock.layer(|_| {}))), Browser::new(&site(clock.layer(|_| {}))));
    first.call(Method::GET, "/sign-in", &[("host", "localhost:3000")], "").await;
    for _ in 0..2 {
        second.cookie = first.cookie.clone();
        let page = second.call(Method::GET, "/who", &[("host", "localhost:4000")], "").await;
        assert_eq!(page.body, "None Expired");
    }
    assert_eq!(log::count("its own `cookie.name`"), 1);
    let mut named = Browser::new(&site(clock.layer(|settings| settings.cookie.name = "App".into())));
    named.call(Method::GET, "/who", &[("host", "localhost:4000"), ("cookie", "App=x")], "").await;
    let mut public = Browser::new(&site(plain()));
    public.cookie = first.cookie.clone();
    public.call(Method::GET, "/who", &[("host", "shop.example")], "").await;
    assert_eq!(log::count("its own `cookie.name`"), 1);
}
