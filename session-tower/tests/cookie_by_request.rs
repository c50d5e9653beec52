//! The attributes of the cookie fit the request.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{Router, http::Method, routing::get};
use common::{Browser, ProbeStore, log};
use session_core::{SessionConfig, config::SameSite};
use session_tower::{Session, SessionFailure, SessionLayer};

fn site(layer: SessionLayer) -> Browser {
    let write = async |session: Session| session.set("n", 1).map_err(SessionFailure::from);
    let end = async |session: Session| session.destroy();
    Browser::new(&Router::new().route("/", get(write)).route("/end", get(end)).layer(layer))
}

fn plain() -> SessionLayer {
    SessionLayer::new(ProbeStore::default(), SessionConfig::default())
}

#[tokio::test]
async fn the_cookie_is_that_of_the_host_that_was_asked() {
    let layer = plain().cookie(|request, cookie| {
        let header = |name| request.headers.get(name).and_then(|value| value.to_str().ok());
        cookie.domain =
            header("host").filter(|host| host.ends_with("shop.example")).map(|_| "shop.example".into());
        cookie.secure = header("x-forwarded-proto") == Some("https");
        if header("sec-fetch-dest") == Some("iframe") {
            (cookie.partitioned, cookie.same_site) = (true, SameSite::None);
        }
    });
    let proxied = ("x-forwarded-proto", "https");
    for (headers, expected) in [
        (
            &[("host", "www.shop.example"), proxied][..],
            "Path=/; Domain=shop.example; Secure; HttpOnly; SameSite=Lax",
        ),
        (&[("host", "localhost")], "Path=/; HttpOnly; SameSite=Lax"),
        (&[("host", "other.example"), proxied], "Path=/; Secure; HttpOnly; SameSite=Lax"),
        (
            &[("host", "other.example"), proxied, ("sec-fetch-dest", "iframe")],
            "Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
        ),
    ] {
        let mut ada = site(layer.clone());
        let page = ada.call(Method::GET, "/", headers, "").await;
        let set = page.header("set-cookie");
        assert_eq!(set.split_once("; ").unwrap().1, expected);
        // A cookie is removed only by one with the same attributes.
        let page = ada.call(Method::GET, "/end", headers, "").await;
        let removed = page.header("set-cookie");
        let (_, removed) = removed.split_once("=; ").unwrap();
        assert_eq!(removed.replace("Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ", ""), expected);
    }
}

#[tokio::test]
async fn what_browsers_refuse_is_refused() {
    type Choose = fn(&mut session_core::config::CookieSettings);
    let wrongs: [(Choose, &str); 4] = [
        (|cookie| (cookie.secure, cookie.same_site) = (false, SameSite::None), "cookie.same_site"),
        (|cookie| cookie.domain = Some("evil\r\nx: y".into()), "cookie.domain"),
        (|cookie| cookie.name = "Another".into(), "cookie.name"),
        (|cookie| (cookie.secure, cookie.partitioned) = (false, true), "cookie.partitioned"),
    ];
    for (wrong, field) in wrongs {
        let page = site(plain().cookie(move |_, cookie| wrong(cookie))).get("/").await;
        assert!(page.header("set-cookie").ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"));
        assert!(log::contains(field), "{field}");
    }
}

#[tokio::test]
async fn a_secure_cookie_on_plain_http_is_said_once_with_the_cure() {
    let mut phone = site(plain());
    let request = [("host", "192.168.1.5:3000"), ("origin", "http://192.168.1.5:3000")];
    for _ in 0..3 {
        phone.call(Method::GET, "/", &request, "").await;
        phone.cookie = None;
    }
    assert_eq!(log::count("set `cookie.secure` to false"), 1);
    let insecure = SessionConfig::with(|settings| settings.cookie.secure = false).unwrap();
    for layer in [
        SessionLayer::new(ProbeStore::default(), insecure),
        plain().cookie(|_, cookie| cookie.secure = false),
    ] {
        site(layer).call(Method::GET, "/", &request, "").await;
    }
    site(plain()).call(Method::GET, "/", &[("host", "localhost"), ("origin", "http://localhost")], "").await;
    assert_eq!(log::count("set `cookie.secure` to false"), 1);
}
