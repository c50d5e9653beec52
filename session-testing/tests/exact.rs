//! What an assertion tells apart although it looks alike, and what a browser says and keeps by itself.
#![cfg(feature = "site")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use alo_session::{
    LazySession, MemoryStore, Session, SessionConfig, SessionFailure, SessionLayer,
    config::{FingerprintSettings, OnReuse},
    session::SignInRequired,
    store::{BlockingStore, Store},
};
use axum::{
    Router,
    extract::{Path, Query},
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::Html,
    routing::get,
};
use session_core::{
    id::{Algorithm, CookieId, Generator},
    store::{Applied, Revision, Write},
};
use session_testing::{Fault, Faulty, Page, Schedule, Site};

fn app(sessions: SessionLayer) -> Router {
    Router::new()
        .route("/{what}", get(handle).post(handle))
        .route("/drop-cookie", get(drop_cookie))
        .route("/to/{status}", get(redirect).post(redirect))
        .route("/echo", get(echo).post(echo))
        .route("/search", get(search))
        .layer(sessions)
}

async fn handle(session: Session, Path(what): Path<String>) -> Result<String, SessionFailure> {
    match what.as_str() {
        "set" => session.set("theme", "dark")?,
        "destroy" => session.destroy(),
        _ => {}
    }
    Ok(what)
}

/// Makes the browser forget the cookie, while the session lives on: a sign-out as beginners write it.
async fn drop_cookie(_: LazySession) -> [(&'static str, &'static str); 1] {
    [("set-cookie", "AloSession=; Path=/; Secure; HttpOnly; Max-Age=0")]
}

async fn redirect(
    Path(status): Path<u16>,
    Query(to): Query<To>,
) -> (StatusCode, [(http::HeaderName, String); 1]) {
    (StatusCode::from_u16(status).unwrap(), [(LOCATION, to.to)])
}

#[derive(serde::Deserialize)]
struct To {
    to: String,
}

async fn echo(headers: HeaderMap) -> String {
    let name = |name| headers.get(name).map_or("-", |value| value.to_str().unwrap()).to_owned();
    ["origin", "sec-fetch-site", "sec-fetch-mode", "user-agent", "x-own"].map(name).join(" ")
}

async fn search(Query(found): Query<Vec<(String, String)>>) -> Html<String> {
    Html(format!("<form action=/search><input name=q value=mug><input name=page value=1></form>{found:?}"))
}

fn fails(page: &Page, assertion: impl FnOnce(&Page)) {
    catch_unwind(AssertUnwindSafe(|| assertion(page))).expect_err("the assertion should fail");
}

#[tokio::test]
async fn a_session_whose_cookie_alone_is_gone_is_neither_ended_nor_signed_out() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").await;
    let thief = ada.stolen_copy();
    let page = ada.get("/drop-cookie").await;
    page.assert_cookie_removed();
    fails(&page, |page| _ = page.assert_ended());
    fails(&page, |page| _ = page.assert_signed_out());
    thief.look().await.assert_signed_in("ada");
}

#[tokio::test]
async fn what_was_saved_and_what_was_not() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").await;
    let page = ada.get("/look").await;
    page.assert_not_saved().assert_not_rotated();
    fails(&page, |page| _ = page.assert_stored_nothing());
    let page = site.browser().get("/look").await;
    page.assert_stored_nothing();
    fails(&page, |page| _ = page.assert_not_rotated());
    let page = site.browser().get("/set").await;
    page.assert_saved();
    fails(&page, |page| _ = page.assert_cookie_removed());

    site.later(Duration::from_mins(2));
    let page = ada.get("/look").await;
    page.assert_not_saved();
    assert!(format!("{page:?}").contains("touch"), "the deadline was moved: {page:?}");
    ada.get("/destroy").await.assert_ended().assert_saved();

    // The browser refuses the cookie of another site, so the session is stored for nobody.
    let config = SessionConfig::with(|settings| settings.cookie.domain = Some("shop.example".into()));
    let page = Site::with_config(config.unwrap(), app).browser().get("/set").await;
    page.assert_saved();
    fails(&page, |page| _ = page.assert_stored_nothing());
}

#[tokio::test]
async fn a_redirect_is_one_that_makes_the_browser_get_a_page() {
    let browser = Site::new(app).browser();
    browser.get("/to/303?to=/echo").await.assert_redirects_to("/echo");
    browser.get("/to/307?to=/echo").await.assert_redirects_to("/echo");
    fails(&browser.get("/to/201?to=/echo").await, |page| _ = page.assert_redirects_to("/echo"));
    fails(&browser.post("/to/307?to=/echo").await, |page| _ = page.assert_redirects_to("/echo"));
    let page = browser.get("/to/303?to=/to/302?to=/set").await.follow().await;
    page.assert_status(200).assert_says("set");
    let page = browser.get("/to/303?to=https://evil.example/echo").await.follow().await;
    page.assert_status(303);
}

#[tokio::test]
async fn a_browser_says_where_a_request_comes_from_and_what_it_is() {
    let browser = Site::new(app).browser().user_agent("Lynx/2").header("x-own", "1");
    browser.get("/echo").await.assert_says("- none navigate Lynx/2 1");
    browser.post("/echo").await.assert_says("https://site.test same-origin navigate Lynx/2 1");
    browser.post("/echo").by_script().await.assert_says("https://site.test same-origin cors Lynx/2 1");
    let evil = browser.post("/echo").from("https://evil.example").header("x-own", "2");
    evil.await.assert_says("https://evil.example cross-site navigate Lynx/2 2");
}

#[tokio::test]
async fn a_form_that_only_asks_is_sent_in_the_address() {
    let page = Site::new(app).browser().get("/search").await;
    let page = page.submit("/search", &[("q", "tea pot")]).await;
    page.assert_status(200).assert_says(r#"[("page", "1"), ("q", "tea pot")]"#);
}

#[tokio::test]
async fn a_browser_that_is_restarted_keeps_what_has_a_lifetime() {
    let site = Site::new(app);
    let (ada, bob) =
        (site.signed_in("ada").await, site.signed_in("bob").remembered(Duration::from_hours(9)).await);
    for browser in [&ada, &bob] {
        browser.restart();
    }
    assert_eq!((ada.cookie("AloSession"), bob.cookie("AloSession").is_some()), (None, true));
    bob.look().await.assert_signed_in("bob");
}

#[tokio::test]
async fn what_is_given_is_that_of_the_browser_that_holds_it() {
    let config = SessionConfig::with(|settings| settings.fingerprint = FingerprintSettings::original());
    let site = Site::with_config(config.unwrap(), app);
    let ada = site.signed_in("ada").label("phone").await;
    ada.get("/look").await.assert_signed_in("ada");
    ada.look().await.assert_signed_in("ada");
    assert_eq!(site.sessions_of("ada").await[0].label.as_deref(), Some("phone"));
    let thief = ada.stolen_copy().user_agent("Lynx/2");
    thief.get("/look").await.assert_ended();
}

#[tokio::test]
async fn to_look_at_an_old_id_ends_nobodys_session() {
    let config = SessionConfig::with(|settings| {
        settings.rotate_after = Some(Duration::from_mins(2));
        settings.on_reuse = OnReuse::EndFamily;
    });
    let site = Site::with_config(config.unwrap(), app);
    let ada = site.signed_in("ada").await;
    let thief = ada.stolen_copy();
    site.later(Duration::from_mins(3));
    ada.get("/look").await;
    site.later(Duration::from_mins(1));
    thief.look().await.assert_ended();
    ada.look().await.assert_signed_in("ada");
    thief.get("/look").await;
    ada.look().await.assert_ended();
}

#[tokio::test]
async fn a_session_for_a_unit_test_is_as_old_as_it_should_be() {
    let five_minutes = Duration::from_mins(5);
    let stale = || session_testing::signed_in("ada").ago(Duration::from_hours(2));
    let told = Err(SignInRequired::Stale.into());
    assert_eq!(stale().session().require_fresh(five_minutes), told);
    assert_eq!(stale().open_session().require_fresh(five_minutes), told);
    assert_eq!(session_testing::signed_in("ada").session().require_fresh(five_minutes), Ok(()));
}

#[tokio::test]
async fn an_answer_that_is_lost_was_given() {
    let id = CookieId::generate(Algorithm::Sha256, None, &Generator).unwrap();
    let write = Write { next: Revision::from_bytes([1; 16]), data: b"cart", ttl: Duration::from_secs(300) };
    for (fault, applied, is_there) in [
        (Fault::FailBefore, Applied::No, false),
        (Fault::FailAfter, Applied::Unknown, true),
        (Fault::DropMidway, Applied::Unknown, true),
    ] {
        let (blocking, nonblocking) = (MemoryStore::new(), MemoryStore::new());
        let faulty = |store: &MemoryStore| Faulty::new(store.clone(), Schedule::new([fault]));
        let told = BlockingStore::create(&faulty(&blocking), id.key(), write, None);
        assert_eq!(told.unwrap_err().applied(), applied, "{fault:?}");
        let told = Store::create(&faulty(&nonblocking), id.key(), write, None).await;
        assert_eq!(told.unwrap_err().applied(), applied, "{fault:?}");
        for store in [blocking, nonblocking] {
            let found = BlockingStore::load(&store, id.key()).unwrap();
            assert_eq!(found.is_some(), is_there, "{fault:?}");
        }
    }
}
