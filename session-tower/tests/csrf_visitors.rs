//! Forms for visitors: looking at one stores nothing, and using one works.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode},
    routing::{get, post},
};
use common::{Browser, ProbeStore, log};
use session_core::SessionConfig;
use session_tower::{CsrfLayer, CsrfToken, Session, SessionFailure, SessionLayer};
use tower::ServiceExt as _;

async fn who(session: Session) -> String {
    session.owner().unwrap_or("nobody".into())
}

async fn form(token: CsrfToken) -> Result<String, SessionFailure> {
    Ok(token.text()?.as_str().to_owned())
}

fn app(store: &ProbeStore) -> Router {
    Router::new()
        .route("/form", get(form))
        .route("/who", get(who))
        .route("/cart", post(async |session: Session| session.set("cart", 1).map_err(SessionFailure::from)))
        .route("/sign-in", post(async |session: Session| session.login("ada").map_err(SessionFailure::from)))
        .route("/sign-out", post(async |session: Session| session.logout().map_err(SessionFailure::from)))
        .layer(CsrfLayer::new())
        .layer(SessionLayer::new(store.clone(), SessionConfig::default()))
}

async fn token(browser: &mut Browser) -> String {
    let text = browser.get("/form").await.body;
    log::keep_secret(&text);
    format!("_csrf={text}")
}

#[tokio::test]
async fn ten_thousand_robots_that_look_at_a_form_store_nothing() {
    let store = ProbeStore::default();
    let app = app(&store);
    for _ in 0..10_000 {
        let request = Request::get("/form").header("sec-purpose", "prefetch").body(Body::empty()).unwrap();
        assert_eq!(app.clone().oneshot(request).await.unwrap().status(), StatusCode::OK);
    }
    let mut robot = Browser::new(&app);
    assert_eq!(robot.call(Method::HEAD, "/form", &[], "").await.status, StatusCode::OK);
    assert_eq!((store.len(), store.calls()), (0, (0, 0)));
}

#[tokio::test]
async fn a_visitor_signs_in_with_the_form_and_a_double_click_too() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let form = token(&mut ada).await;
    assert_eq!((ada.cookie.as_deref(), store.len()), (None, 0));
    // Both were sent before either was answered, so both carry what the browser had then.
    let mut second = ada.clone();
    for click in [&mut ada, &mut second] {
        assert_eq!(click.post("/sign-in", &form).await.status, StatusCode::OK);
        assert_eq!(click.get("/who").await.body, "ada");
    }
    assert_eq!(ada.post("/cart", &form).await.status, StatusCode::FORBIDDEN, "the form was a visitor's");
    let form = token(&mut ada).await;
    assert_eq!(ada.post("/cart", &form).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_sign_out_renews_the_cookie_of_forms_so_that_none_from_before_works() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let before = token(&mut ada).await;
    let cookie = ada.form_cookie.clone();
    assert_eq!(ada.post("/sign-in", &before).await.status, StatusCode::OK);
    let form = token(&mut ada).await;
    let page = ada.post("/sign-out", &form).await;
    assert_eq!((page.status, page.session_cookie()), (StatusCode::OK, Some("")));
    assert!(page.form_cookie().is_some() && ada.form_cookie != cookie);
    assert_eq!(ada.post("/sign-in", &before).await.status, StatusCode::FORBIDDEN);
    let form = token(&mut ada).await;
    assert_eq!(ada.post("/sign-in", &form).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_visitors_form_costs_no_call_of_the_store() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let form = token(&mut ada).await;
    assert_eq!(ada.post("/cart", "_csrf=x").await.status, StatusCode::FORBIDDEN);
    assert_eq!(store.calls(), (0, 0));
    assert_eq!(ada.post("/cart", &form).await.status, StatusCode::OK);
    assert_eq!(store.calls(), (0, 1), "the cart");
    // The cart has a session now. A form from before it is still good, and costs the load.
    assert_eq!(ada.post("/cart", &form).await.status, StatusCode::OK);
    assert_eq!(store.calls(), (1, 1));
}

#[tokio::test]
async fn tabs_share_one_cookie_which_is_sent_once() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    let first = ada.get("/form").await;
    let cookie = first.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let [cookie] = cookie.collect::<Vec<_>>().try_into().unwrap();
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(first.header("cache-control").contains("no-store"));
    let second = ada.get("/form").await;
    assert_eq!(second.header("set-cookie"), "");
    for page in [first, second] {
        log::keep_secret(&page.body);
        let page = ada.clone().post("/cart", &format!("_csrf={}", page.body)).await;
        assert_eq!(page.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_page_without_a_form_sends_no_cookie() {
    let store = ProbeStore::default();
    let page = Browser::new(&app(&store)).get("/who").await;
    assert_eq!((page.body.as_str(), page.header("set-cookie")), ("nobody", String::new()));
}
