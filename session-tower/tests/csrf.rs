//! The CSRF protection: what passes, what does not, and that forms arrive unchanged.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Form,
    http::{Method, Request, StatusCode},
    routing::{any, get, post},
};
use common::{Browser, ProbeStore, log};
use session_core::SessionConfig;
use session_tower::{CsrfLayer, CsrfToken, LazySession, Session, SessionFailure, SessionLayer};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const HOST: (&str, &str) = ("host", "shop.example");

async fn cart(session: Session, token: CsrfToken) -> Result<String, SessionFailure> {
    session.set("cart", 1)?;
    Ok(token.text()?.as_str().to_owned())
}

async fn sign_in(session: Session, token: CsrfToken) -> Result<String, SessionFailure> {
    session.login("ada")?;
    // Made after the sign-in, so it is already the new one.
    Ok(token.text()?.as_str().to_owned())
}

fn routes() -> Router {
    Router::new()
        .route(
            "/text",
            get(async |token: CsrfToken| Ok::<_, SessionFailure>(token.text()?.as_str().to_owned())),
        )
        .route("/cart", get(cart))
        .route("/form", get(async |token: CsrfToken| Ok::<_, SessionFailure>(token.input()?)))
        .route("/sign-in", post(sign_in))
        .route("/order", any(async |body: String| body))
        .route("/typed", post(async |Form(form): Form<Vec<(String, String)>>| format!("{form:?}")))
        .route("/hooks/paid", post(async || "paid"))
        .route("/lazy", get(async |_: LazySession| "hello"))
}

fn app(store: &ProbeStore) -> Router {
    let csrf = CsrfLayer::new()
        .allow_origin("https://partner.example")
        .unwrap()
        .form_limit(1000)
        .exempt(|head| head.uri.path().starts_with("/hooks/"));
    routes().layer(csrf).layer(SessionLayer::new(store.clone(), SessionConfig::default()))
}

/// The token of a visitor.
async fn token(browser: &mut Browser) -> String {
    text(browser, "/text").await
}

/// The token of a session that is stored.
async fn stored_token(browser: &mut Browser) -> String {
    text(browser, "/cart").await
}

async fn text(browser: &mut Browser, path: &str) -> String {
    let text = browser.get(path).await.body;
    assert!([86, 87].contains(&text.len()), "of a session, of a visitor");
    log::keep_secret(&text);
    text
}

#[tokio::test]
async fn safe_methods_pass_and_load_nothing() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    token(&mut ada).await;
    store.calls();
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE] {
        let page = ada.call(method, "/order", &[("sec-fetch-site", "cross-site")], "").await;
        assert_eq!((page.status, store.calls()), (StatusCode::OK, (0, 0)));
    }
}

#[tokio::test]
async fn every_other_method_needs_the_token() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let token = stored_token(&mut ada).await;
    for method in ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "get"] {
        let method: Method = method.parse().unwrap();
        let page = ada.call(method.clone(), "/order", &[], "").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{method}");
        assert!(page.body.contains("_csrf") && page.body.contains("X-CSRF-Token"), "{}", page.body);
        let page = ada.call(method.clone(), "/order", &[("x-csrf-token", &token)], "").await;
        assert_eq!(page.status, StatusCode::OK, "{method}");
    }
}

#[tokio::test]
async fn a_form_passes_with_its_field_and_arrives_unchanged() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let token = token(&mut ada).await;
    let form = format!("item=caf%C3%A9&_csrf={token}&count=2");
    assert_eq!(ada.post("/order", &form).await.body, form);
    let typed = ada.post("/typed", &form).await.body;
    assert!(typed.contains(r#"("item", "café")"#) && typed.contains(r#"("count", "2")"#), "{typed}");
    // In several frames it is the same form.
    let frames: Vec<_> =
        form.as_bytes().chunks(7).map(|part| Ok::<_, std::io::Error>(Bytes::copy_from_slice(part))).collect();
    let request = Request::post("/order").header(FORM.0, FORM.1);
    let body = Body::from_stream(futures_util::stream::iter(frames));
    assert_eq!(ada.send(request.body(body).unwrap()).await.body, form);
}

#[tokio::test]
async fn a_page_never_repeats_the_token_but_each_text_is_good() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let (first, second) = (stored_token(&mut ada).await, stored_token(&mut ada).await);
    assert_ne!(first, second);
    for text in [first, second] {
        assert_eq!(ada.post("/order", &format!("_csrf={text}")).await.status, StatusCode::OK);
    }
    let input = ada.get("/form").await.body;
    let text = input
        .strip_prefix(r#"<input type="hidden" name="_csrf" value=""#)
        .unwrap()
        .strip_suffix(r#"">"#)
        .unwrap();
    log::keep_secret(text);
    assert_eq!(ada.post("/order", &format!("_csrf={text}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_token_is_refused() {
    let store = ProbeStore::default();
    let app = app(&store);
    let (mut ada, mut eve) = (Browser::new(&app), Browser::new(&app));
    let (own, others) = (stored_token(&mut ada).await, stored_token(&mut eve).await);
    let flipped = if own.starts_with('A') { own.replacen('A', "B", 1) } else { format!("A{}", &own[1..]) };
    let (cut, longer) = (&own[..85], format!("{own}A"));
    for wrong in ["", "x", "null", &others, &flipped, cut, &longer, &own.to_lowercase()] {
        for (headers, body) in [
            (vec![FORM], format!("_csrf={wrong}")),
            (vec![("x-csrf-token", wrong)], String::new()),
            // The header decides where there is one.
            (vec![FORM, ("x-csrf-token", wrong)], format!("_csrf={own}")),
        ] {
            let page = ada.call(Method::POST, "/order", &headers, &body).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{wrong}");
            assert!(page.body.contains("out of date"), "{}", page.body);
            assert!(page.header("cache-control").contains("no-store"));
        }
    }
    let page = Browser::new(&app).post("/order", &format!("_csrf={own}")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "who has no session has no token");
    assert!(page.session_cookie().is_none());
}

#[tokio::test]
async fn signing_in_ends_the_tokens_of_before() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let before = stored_token(&mut ada).await;
    let page = ada.post("/sign-in", &format!("_csrf={before}")).await;
    assert_eq!(page.status, StatusCode::OK, "the form of the sign-in uses the anonymous session");
    let after = page.body;
    log::keep_secret(&after);
    assert_eq!(ada.post("/order", &format!("_csrf={before}")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ada.post("/order", &format!("_csrf={after}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn where_it_comes_from_counts_although_the_token_is_good() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let token = stored_token(&mut ada).await;
    for (headers, passes) in [
        (vec![], true),
        (vec![("sec-fetch-site", "same-origin")], true),
        (vec![("sec-fetch-site", "none")], true),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "cross-site"), ("origin", "https://shop.example")], false),
        (vec![("sec-fetch-site", "cross-site"), ("origin", "https://partner.example")], true),
        (vec![("origin", "https://shop.example")], true),
        (vec![("origin", "https://evil.example")], false),
        (vec![("origin", "null")], false),
        (vec![("origin", "https://partner.example")], true),
    ] {
        store.calls();
        let all: Vec<_> = headers.iter().copied().chain([HOST, FORM]).collect();
        let page = ada.call(Method::POST, "/order", &all, &format!("_csrf={token}")).await;
        assert_eq!(page.status == StatusCode::OK, passes, "{headers:?}");
        assert_eq!(store.calls(), (usize::from(passes), 0), "{headers:?}: refused before anything is loaded");
        if !passes {
            assert!(page.body.contains("another site"), "{}", page.body);
        }
    }
}

#[tokio::test]
async fn other_bodies_need_the_header() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let token = token(&mut ada).await;
    for content_type in ["application/json", "multipart/form-data; boundary=x", "text/plain"] {
        let body = format!("_csrf={token}");
        let headers = [("content-type", content_type)];
        assert_eq!(ada.call(Method::POST, "/order", &headers, &body).await.status, StatusCode::FORBIDDEN);
        let headers = [("content-type", content_type), ("x-csrf-token", &token)];
        let page = ada.call(Method::POST, "/order", &headers, &body).await;
        assert_eq!((page.status, page.body), (StatusCode::OK, body));
    }
}

#[tokio::test]
async fn a_large_form_is_refused_before_and_while_it_is_read() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let token = token(&mut ada).await;
    let form = |size: usize| format!("_csrf={token}&a={}", "x".repeat(size - 9 - token.len()));
    assert_eq!(form(1000).len(), 1000);
    for (size, status) in [(1000, StatusCode::OK), (1001, StatusCode::PAYLOAD_TOO_LARGE)] {
        assert_eq!(ada.post("/order", &form(size)).await.status, status);
        let parts = form(size).into_bytes();
        let parts: Vec<_> =
            parts.chunks(100).map(|part| Ok::<_, std::io::Error>(Bytes::copy_from_slice(part))).collect();
        let body = Body::from_stream(futures_util::stream::iter(parts));
        let request = Request::post("/order").header(FORM.0, FORM.1).body(body);
        assert_eq!(ada.send(request.unwrap()).await.status, status, "of unknown length");
    }
    let broken = [Ok(Bytes::from("a=1&")), Err(std::io::Error::other("gone"))];
    let request = Request::post("/order").header(FORM.0, FORM.1);
    let request = request.body(Body::from_stream(futures_util::stream::iter(broken)));
    assert_eq!(ada.send(request.unwrap()).await.status, StatusCode::BAD_REQUEST);
    // Who sends the header is not read.
    let page = ada.call(Method::POST, "/order", &[FORM, ("x-csrf-token", &token)], &form(5000)).await;
    assert_eq!((page.status, page.body.len()), (StatusCode::OK, 5000));
}

#[tokio::test]
async fn exempt_paths_pass() {
    let store = ProbeStore::default();
    let mut other_server = Browser::new(&app(&store));
    assert_eq!(other_server.post("/hooks/paid", "x=1").await.body, "paid");
    assert_eq!(other_server.post("/order", "x=1").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_failed_load_is_answered_as_one() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let token = stored_token(&mut ada).await;
    store.fail_loads(true);
    let page = ada.post("/order", &format!("_csrf={token}")).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_missing_session_layer_is_named() {
    let mut ada = Browser::new(&routes().layer(CsrfLayer::new()));
    let page = ada.post("/order", "x=1").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(log::contains("add `SessionLayer::new(…)`") && page.body.contains("not set up"));
}

#[tokio::test]
async fn the_application_renders_refusals_too() {
    let sessions = SessionLayer::new(ProbeStore::default(), SessionConfig::default())
        .on_error(|failure, _| failure.to_response().map(|_| Body::from(format!("<p>{failure}"))));
    let mut ada = Browser::new(&routes().layer(CsrfLayer::new()).layer(sessions));
    let page = ada.post("/order", "x=1").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.starts_with("<p>The form lacks"), "{}", page.body);
}
