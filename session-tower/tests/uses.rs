//! What counts as a use of a session: whatever the visitor did, also if it failed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on may panic")]

mod common;

use std::time::Duration;

use axum::{
    Extension, Router,
    body::Body,
    error_handling::HandleErrorLayer,
    extract::{Path, Request},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use common::{Browser, Clock, ProbeStore};
use session_core::SessionError;
use session_tower::{DiscardChanges, Session, SessionFailure, SessionLayer};
use tower::{BoxError, ServiceBuilder, ServiceExt as _};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

async fn sign_in(session: Session) -> Result<(), SessionFailure> {
    Ok(session.login("ada")?)
}

async fn who(session: Session) -> String {
    format!("{:?} {:?}", session.owner(), session.get::<u32>("n").unwrap())
}

/// Every way in which a page can fail, some after they changed the session.
async fn fail(session: Session, Path((how, change)): Path<(String, bool)>) -> Response {
    if change {
        session.set("n", 1).unwrap();
    }
    match how.as_str() {
        "500" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "failure" => SessionFailure::from(SessionError::Gone).into_response(),
        "discard" => Extension(DiscardChanges).into_response(),
        "panic" => panic!("a panic of the test"),
        _ => std::future::pending().await,
    }
}

fn site(sessions: SessionLayer) -> Router {
    let routes = Router::new().route("/sign-in", get(sign_in)).route("/", get(who));
    let cut = || TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(1));
    let timed_out = async |_: BoxError| StatusCode::GATEWAY_TIMEOUT;
    let broken = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(timed_out))
        .layer(sessions.clone())
        .layer(tower::timeout::TimeoutLayer::new(Duration::from_millis(1)));
    let failing = || Router::new().route("/{how}/{change}", get(fail));
    routes
        .nest("/in", failing().layer(cut()))
        .layer(sessions.clone())
        .nest("/error", failing().layer(broken))
        .nest("/out", failing().layer(sessions).layer(CatchPanicLayer::new()).layer(cut()))
}

#[tokio::test]
async fn pages_that_fail_keep_a_session_alive_and_save_nothing() {
    for page in
        ["/in/500", "/in/failure", "/in/discard", "/in/slow", "/error/slow", "/out/slow", "/out/panic"]
    {
        for change in [false, true] {
            let clock = Clock::default();
            let mut ada = Browser::new(&site(clock.layer(|_| {})));
            ada.get("/sign-in").await;
            for _ in 0..10 {
                clock.pass(4);
                let path = format!("{page}/{change}");
                let answer = ada.get(&path).await;
                assert!(answer.status != StatusCode::NOT_FOUND, "{path}");
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
            }
            assert_eq!(ada.get("/").await.body, "Some(\"ada\") None", "{page} {change}");
            clock.pass(11);
            assert_eq!(ada.get("/").await.body, "None None", "the time passes");
        }
    }
}

/// A poll that is passive by the rule of the layer, and one that is by its handler.
#[tokio::test]
async fn a_poll_does_not_keep_a_session_alive() {
    for path in ["/poll", "/decides"] {
        let clock = Clock::default();
        let decides = async |session: Session| {
            session.set_passive(true);
            who(session).await
        };
        let sessions = clock.layer(|_| {}).passive_when(|request| request.uri.path() == "/poll");
        let app = Router::new().route("/poll", get(who)).route("/decides", get(decides));
        let mut ada = Browser::new(&app.route("/", get(who)).route("/sign-in", get(sign_in)).layer(sessions));
        ada.get("/sign-in").await;
        clock.pass(6);
        assert!(ada.get("/").await.body.contains("ada"));
        clock.pass(6);
        assert!(ada.get(path).await.body.contains("ada"), "a page that counts extends it");
        clock.pass(6);
        assert!(!ada.get(path).await.body.contains("ada"), "{path}");
    }
}

/// The handler knows that its save failed, and has a page for it.
#[tokio::test]
async fn a_failure_that_the_handler_was_told_of_is_not_answered_twice() {
    let store = ProbeStore::default();
    let told = async |session: Session| {
        session.set("n", 1).unwrap();
        match session.save().await {
            Ok(_) => "saved",
            Err(_) => "a page of my own",
        }
    };
    let sessions = SessionLayer::new(store.clone(), session_core::SessionConfig::default());
    let app = Router::new().route("/", get(who)).route("/told", get(told)).layer(sessions);
    let mut ada = Browser::new(&app);
    store.fail_writes(true);
    let page = ada.get("/told").await;
    assert_eq!((page.status, page.body.as_str()), (StatusCode::OK, "a page of my own"));
    assert!(page.session_cookie().is_none());
    store.fail_writes(false);
    assert_eq!(ada.get("/told").await.body, "saved");
}

/// The limit of sessions is reached, and the handler says so in its own words.
#[tokio::test]
async fn a_refused_sign_in_is_answered_by_its_handler() {
    let clock = Clock::default();
    let sessions = clock.layer(|settings| {
        settings.max_sessions = std::num::NonZeroU32::new(1);
        settings.on_full = session_core::store::OnFull::Refuse;
    });
    let sign_in = async |session: Session| {
        session.login("ada").unwrap();
        match session.save().await {
            Err(SessionError::Full) => "too many devices",
            saved => saved.map(|_| "signed in").unwrap(),
        }
    };
    let app = Router::new().route("/", get(who)).route("/sign-in", get(sign_in)).layer(sessions);
    assert_eq!(Browser::new(&app).get("/sign-in").await.body, "signed in");
    let mut second = Browser::new(&app);
    assert_eq!(second.get("/sign-in").await.body, "too many devices");
    assert_eq!(second.get("/").await.body, "None None");
}

/// A store that has just failed is not asked a second time for the sake of a deadline.
#[tokio::test]
async fn a_store_that_failed_is_left_alone() {
    let store = ProbeStore::default();
    let sessions = SessionLayer::new(store.clone(), session_core::SessionConfig::default());
    let save = async |session: Session| -> Result<(), SessionFailure> {
        session.set("n", 1)?;
        session.save().await?;
        Ok(())
    };
    let app = Router::new().route("/", get(save)).layer(sessions);
    store.fail_writes(true);
    let request = Request::get("/").body(Body::empty()).unwrap();
    let page = app.oneshot(request).await.unwrap();
    assert_eq!((page.status(), store.calls()), (StatusCode::SERVICE_UNAVAILABLE, (0, 1)));
}
