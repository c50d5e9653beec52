//! Sessions that are used after the head of the response.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::Request, http::StatusCode, routing::get};
use common::{Browser, ProbeStore, log};
use session_core::{SessionConfig, Timestamp, config::OnReuse};
use session_tower::{LazySession, Session, SessionFailure, SessionLayer};
use tower::{Layer as _, ServiceExt as _, service_fn};

/// A layer whose time can be moved, and whose ids are replaced after a minute.
fn layer(store: &ProbeStore) -> (SessionLayer, impl Fn(u64) + use<>) {
    let config = SessionConfig::with(|settings| {
        settings.rotate_after = Some(Duration::from_secs(60));
        settings.on_reuse = OnReuse::EndFamily;
    });
    let now = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&now);
    let layer = SessionLayer::new(store.clone(), config.unwrap())
        .clock(move || Timestamp::from_millis(clock.load(Ordering::SeqCst)));
    (layer, move |seconds| {
        now.fetch_add(seconds * 1000, Ordering::SeqCst);
    })
}

type Kept = Arc<Mutex<Option<LazySession>>>;

/// `/keep` keeps its session for later, as a websocket does, and loads nothing.
fn keeping(layer: &SessionLayer, kept: &Kept) -> Router {
    let kept = Arc::clone(kept);
    Router::new()
        .route("/sign-in", get(async |session: Session| session.login("ada").map_err(SessionFailure::from)))
        .route("/", get(async |session: Session| format!("{:?}", session.owner())))
        .route(
            "/keep",
            get(async move |session: LazySession| {
                *kept.lock().unwrap() = Some(session);
                StatusCode::SWITCHING_PROTOCOLS
            }),
        )
        .layer(layer.clone())
}

#[tokio::test]
async fn a_session_that_is_loaded_after_the_head_keeps_its_id() {
    let (store, kept) = (ProbeStore::default(), Kept::default());
    let (layer, pass) = layer(&store);
    let mut ada = Browser::new(&keeping(&layer, &kept));
    ada.get("/sign-in").await;
    ada.get("/keep").await;
    let socket = kept.lock().unwrap().take().unwrap();
    pass(61);
    let session = socket.load().await.unwrap();
    session.set("frame", 1).unwrap();
    let saved = session.save().await.unwrap().saved;
    assert!(format!("{saved:?}").starts_with("Committed"), "{saved:?}");
    pass(30);
    let page = ada.get("/").await;
    assert_eq!(
        page.body, "Some(\"ada\")",
        "a rotation that she could not know of would have ended all her sessions"
    );
    assert!(page.session_cookie().is_some(), "the next head replaces it");
}

#[tokio::test]
async fn that_the_head_is_out_is_known_on_every_way_out() {
    log::capture();
    for ending in ["error", "drop", "response"] {
        let (layer, pass) = layer(&ProbeStore::default());
        let kept = Kept::default();
        let mut ada = Browser::new(&keeping(&layer, &kept));
        ada.get("/sign-in").await;
        let keep = Arc::clone(&kept);
        let service = layer.layer(service_fn(move |request: Request| {
            *keep.lock().unwrap() = Some(LazySession::from_request(&request).unwrap());
            async move {
                match ending {
                    "error" => Err("broken"),
                    "response" => Ok(http::Response::new(String::new())),
                    _ => std::future::pending().await,
                }
            }
        }));
        let cookie = format!("AloSession={}", ada.cookie.as_ref().unwrap());
        let request =
            http::Request::get("/").header("cookie", cookie).body(axum::body::Body::empty()).unwrap();
        let mut response = Box::pin(service.oneshot(request));
        common::poll_once(response.as_mut()).await;
        drop(response);
        pass(61);
        let socket = kept.lock().unwrap().take().unwrap();
        let session = socket.load().await.unwrap();
        session.set("frame", 1).unwrap();
        let saved = session.save().await.unwrap().saved;
        assert!(format!("{saved:?}").starts_with("Committed"), "{ending}: {saved:?}");
    }
}
