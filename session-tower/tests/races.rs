//! Requests that meet: nobody loses a write, and nothing comes back.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::sync::Arc;

use axum::{Router, extract::Path, http::StatusCode, routing::get};
use common::{Browser, ProbeStore};
use session_core::SessionConfig;
use session_tower::{Session, SessionFailure, SessionLayer};
use tokio::sync::Barrier;

/// `/slow/{key}` loads the session, waits for others, and then writes.
fn app(store: &ProbeStore, others: &Arc<Barrier>) -> Router {
    let others = Arc::clone(others);
    Router::new()
        .route(
            "/slow/{key}",
            get(async move |session: Session, Path(key): Path<String>| {
                others.wait().await;
                others.wait().await;
                session.set(&key, "kept")?;
                session.update("count", |count: &mut u32| *count += 1)?;
                Ok::<_, SessionFailure>("written")
            }),
        )
        .route("/sign-in", get(async |session: Session| session.login("ada").map_err(SessionFailure::from)))
        .route("/sign-out", get(async |session: Session| session.logout().map_err(SessionFailure::from)))
        .route("/destroy", get(async |session: Session| session.destroy()))
        .route("/read", get(async |session: Session| Ok::<_, SessionFailure>(session.to_json()?.to_string())))
        .layer(SessionLayer::new(store.clone(), SessionConfig::default()))
}

#[tokio::test]
async fn two_writers_keep_both() {
    for _ in 0..20 {
        let (store, barrier) = (ProbeStore::default(), Arc::new(Barrier::new(2)));
        let mut ada = Browser::new(&app(&store, &barrier));
        ada.get("/sign-in").await;
        let (mut first, mut second) = (ada.clone(), ada.clone());
        let (first, second) = tokio::join!(
            tokio::spawn(async move { first.get("/slow/left").await }),
            tokio::spawn(async move { second.get("/slow/right").await }),
        );
        assert_eq!((first.unwrap().body, second.unwrap().body), ("written".into(), "written".into()));
        assert_eq!(ada.get("/read").await.body, r#"{"count":2,"left":"kept","right":"kept"}"#);
    }
}

#[tokio::test]
async fn a_write_that_finishes_after_the_end_stays_dead() {
    for end in ["/sign-out", "/destroy"] {
        let (store, barrier) = (ProbeStore::default(), Arc::new(Barrier::new(2)));
        let mut ada = Browser::new(&app(&store, &barrier));
        ada.get("/sign-in").await;
        let cookie = ada.cookie.clone();
        let mut late = ada.clone();
        let late = tokio::spawn(async move { late.get("/slow/late").await });
        barrier.wait().await; // it has loaded its session
        assert_eq!(ada.get(end).await.status, StatusCode::OK);
        barrier.wait().await; // now it writes
        let page = late.await.unwrap();
        assert_eq!(page.status, StatusCode::CONFLICT, "{end}");
        assert!(page.body.contains("ended"), "{}", page.body);
        assert!(page.session_cookie().is_none(), "the browser may hold a newer cookie");
        ada.cookie = cookie;
        assert_eq!(ada.get("/read").await.body, "{}", "{end}: it came back");
    }
}

#[tokio::test]
async fn a_write_that_meets_a_sign_in_is_told_so() {
    let (store, barrier) = (ProbeStore::default(), Arc::new(Barrier::new(2)));
    let mut ada = Browser::new(&app(&store, &barrier));
    ada.get("/sign-in").await;
    let mut late = ada.clone();
    let late = tokio::spawn(async move { late.get("/slow/late").await });
    barrier.wait().await;
    ada.get("/sign-in").await; // again: another id
    barrier.wait().await;
    assert_eq!(late.await.unwrap().status, StatusCode::CONFLICT);
    assert_eq!(ada.get("/read").await.body, "{}");
}
