//! Saving: when it happens, when it does not, and what the response says.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on may panic")]

mod common;

use std::future::pending;

use axum::{
    Router,
    http::{HeaderValue, StatusCode},
    routing::get,
};
use common::{Browser, ProbeStore, log};
use session_core::{SessionConfig, exchange::Saved};
use session_tower::{Session, SessionFailure, SessionLayer};

type Answer = Result<String, SessionFailure>;

async fn read(session: Session) -> Answer {
    Ok(session.get::<String>("name")?.unwrap_or("nobody".into()))
}

async fn write(session: Session) -> Answer {
    session.set("name", "Ada")?;
    Ok("written".into())
}

async fn fail_after_write(session: Session) -> Result<StatusCode, SessionFailure> {
    session.set("name", "Eve")?;
    Ok(StatusCode::INTERNAL_SERVER_ERROR)
}

async fn fail_after_save(session: Session) -> Result<StatusCode, SessionFailure> {
    session.login("ada")?;
    assert_eq!(session.save().await?.saved, Saved::Rotated);
    session.set("name", "Eve")?;
    Ok(StatusCode::BAD_GATEWAY)
}

async fn count_with_rival_saves(session: Session) -> Answer {
    session.update("count", |count: &mut u32| *count += 1)?;
    let other = session.clone();
    let (first, second) = tokio::join!(session.save(), other.save());
    let saved = [first?.saved, second?.saved];
    Ok(format!("{saved:?}"))
}

fn routes() -> Router {
    Router::new()
        .route("/read", get(read))
        .route("/write", get(write))
        .route("/fail", get(fail_after_write))
        .route("/save-and-fail", get(fail_after_save))
        .route("/rivals", get(count_with_rival_saves))
        .route(
            "/count",
            get(async |session: Session| {
                Ok::<_, SessionFailure>(format!("{:?}", session.get::<u32>("count")?))
            }),
        )
        .route("/destroy", get(async |session: Session| session.destroy()))
        .route(
            "/panic",
            get(async |session: Session| {
                session.set("name", "Eve").unwrap();
                if session.contains("name") {
                    panic!("as the test wants");
                }
            }),
        )
        .route(
            "/never",
            get(async |session: Session| {
                session.set("name", "Eve").unwrap();
                pending::<()>().await;
            }),
        )
        .route(
            "/failure",
            get(async |session: Session| -> Answer {
                session.set("name", "Eve")?;
                session.set("big", "x".repeat(2 << 20))?;
                Ok("written".into())
            }),
        )
        .route(
            "/own-cookie",
            get(async |session: Session| {
                session.set("name", "Ada").unwrap();
                ([("set-cookie", "theme=dark"), ("vary", "accept")], "hello")
            }),
        )
}

fn app(store: &ProbeStore) -> Router {
    routes().layer(SessionLayer::new(store.clone(), SessionConfig::default()))
}

/// A browser with a session that says `Ada`.
async fn ada(app: &Router) -> Browser {
    let mut ada = Browser::new(app);
    assert_eq!(ada.get("/write").await.body, "written");
    assert!(ada.cookie.is_some());
    ada
}

#[tokio::test]
async fn a_server_error_discards_the_change() {
    let store = ProbeStore::default();
    let mut ada = ada(&app(&store)).await;
    store.calls();
    let page = ada.get("/fail").await;
    assert_eq!((page.status.as_u16(), store.calls()), (500, (1, 0)));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(ada.get("/read").await.body, "Ada");

    let layer = SessionLayer::new(store.clone(), SessionConfig::default()).save_when(|_| true);
    let cookie = ada.cookie;
    let mut ada = Browser::new(&routes().layer(layer));
    ada.cookie = cookie;
    assert_eq!(ada.get("/fail").await.status.as_u16(), 500);
    assert_eq!(ada.get("/read").await.body, "Eve");
}

#[tokio::test]
async fn a_failure_that_a_handler_answers_discards_the_change() {
    let store = ProbeStore::default();
    let mut ada = ada(&app(&store)).await;
    let page = ada.get("/failure").await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.body.contains("too large"), "{}", page.body);
    assert_eq!(ada.get("/read").await.body, "Ada");
}

#[tokio::test]
async fn a_panic_discards_the_change() {
    let store = ProbeStore::default();
    let app = app(&store);
    let mut ada = ada(&app).await;
    store.calls();
    let mut same = ada.clone();
    let outcome = tokio::spawn(async move { same.get("/panic").await }).await;
    assert!(outcome.unwrap_err().is_panic());
    tokio::task::yield_now().await;
    assert_eq!(store.calls(), (2, 0), "the second load is for the deadline, which is not due");
    assert_eq!(ada.get("/read").await.body, "Ada");
}

#[tokio::test]
async fn a_dropped_request_discards_the_change() {
    let store = ProbeStore::default();
    let mut ada = ada(&app(&store)).await;
    let mut same = ada.clone();
    tokio::select! {
        biased;
        _ = same.get("/never") => unreachable!("it never answers"),
        () = async { for _ in 0..64 { tokio::task::yield_now().await; } } => {}
    }
    assert_eq!(ada.get("/read").await.body, "Ada");
}

#[tokio::test]
async fn what_was_saved_before_a_server_error_keeps_its_cookie() {
    let store = ProbeStore::default();
    let mut ada = ada(&app(&store)).await;
    let old = ada.cookie.clone();
    let page = ada.get("/save-and-fail").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.session_cookie().is_some() && ada.cookie != old, "the old id is dead by now");
    assert!(!log::contains("cannot learn of it"), "the head was still to come");
    assert_eq!(ada.get("/read").await.body, "Ada");
    ada.cookie = old;
    assert_eq!(ada.get("/read").await.body, "nobody");
}

#[tokio::test]
async fn a_failed_save_replaces_the_response() {
    let store = ProbeStore::default();
    let mut ada = ada(&app(&store)).await;
    store.fail_writes(true);
    let page = ada.get("/own-cookie").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("not available") && !page.body.contains("10.0.0.7"), "{}", page.body);
    assert_eq!((page.header("retry-after"), page.header("set-cookie")), ("2".into(), String::new()));
    assert_eq!(ada.get("/read").await.body, "Ada", "reading needs no write");
    let page = Browser::new(&app(&store)).get("/write").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.session_cookie().is_none(), "no cookie for what was not stored");
}

#[tokio::test]
async fn the_cookie_of_an_earlier_save_survives_a_failed_one() {
    let store = ProbeStore::default();
    let inner = store.clone();
    let app = app(&store).merge(
        Router::new()
            .route(
                "/second-fails",
                get(async move |session: Session| -> Answer {
                    session.login("ada")?;
                    session.save().await?;
                    session.set("name", "Eve")?;
                    inner.fail_writes(true);
                    Ok("written".into())
                }),
            )
            .layer(SessionLayer::new(store.clone(), SessionConfig::default())),
    );
    let mut ada = ada(&app).await;
    let page = ada.get("/second-fails").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.session_cookie().is_some());
    store.fail_writes(false);
    assert_eq!(ada.get("/read").await.body, "Ada");
}

#[tokio::test]
async fn the_handler_s_own_headers_survive() {
    let store = ProbeStore::default();
    let page = Browser::new(&app(&store)).get("/own-cookie").await;
    let cookies = page.header("set-cookie");
    assert!(cookies.starts_with("theme=dark|AloSession="), "{cookies}");
    assert!(cookies.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookies}");
    assert_eq!(page.header("vary"), "accept|cookie");
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn saves_of_two_clones_do_not_meet_in_the_store() {
    let store = ProbeStore::default();
    let mut ada = ada(&app(&store)).await;
    assert_eq!(ada.get("/rivals").await.body, "[Committed { merged: 0 }, Nothing]");
    assert_eq!(ada.get("/count").await.body, "Some(1)");
}

#[tokio::test]
async fn a_destroyed_session_is_gone_and_its_cookie_removed() {
    let store = ProbeStore::default();
    let mut ada = ada(&app(&store)).await;
    let old = ada.cookie.clone();
    let page = ada.get("/destroy").await;
    assert_eq!(page.session_cookie(), Some(""));
    assert!(page.header("set-cookie").contains("Max-Age=0"));
    ada.cookie = old;
    assert_eq!(ada.get("/read").await.body, "nobody");
    assert_eq!(store.len(), 1, "a tombstone tells late requests what happened");
}

#[tokio::test]
async fn the_application_renders_failures_wherever_they_come_from() {
    let store = ProbeStore::default();
    let layer = SessionLayer::new(store.clone(), SessionConfig::default()).on_error(|failure, _| {
        let mut response = failure.to_response();
        *response.body_mut() = format!("<p>{failure}").into();
        response.headers_mut().insert("x-page", HeaderValue::from_static("sorry"));
        response
    });
    let app = routes().layer(layer);
    let mut ada = ada(&app).await;
    for (path, loads, writes, status) in
        [("/failure", false, false, 413), ("/read", true, false, 503), ("/write", false, true, 503)]
    {
        store.fail_loads(loads);
        store.fail_writes(writes);
        let page = ada.get(path).await;
        assert_eq!((page.status.as_u16(), page.header("x-page").as_str()), (status, "sorry"), "{path}");
        assert!(
            page.body.starts_with("<p>The session") || page.body.starts_with("<p>Sessions"),
            "{}",
            page.body
        );
    }
}
