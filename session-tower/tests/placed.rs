//! A session without a service, and what an observer of the layer is told.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    http::Request,
    routing::{get, post},
};
use common::{Browser, Clock};
use session_core::{
    observe::{Event, Events, observer},
    session::SignInRequired,
};
use session_tower::{LazySession, Session, SessionFailure, SessionLayer};

async fn sign_in(session: Session) -> Result<(), SessionFailure> {
    Ok(session.login("ada")?)
}

/// Returns who signed in, as the observer was told.
fn told(events: &mut Events) -> Vec<String> {
    let all = std::iter::from_fn(|| events.try_next());
    let name = |event| match event {
        Event::LoggedIn { owner, .. } => Some(owner),
        _ => None,
    };
    all.filter_map(name).collect()
}

async fn session_of(request: &Request<Body>) -> Session {
    LazySession::from_request(request).unwrap().load().await.unwrap()
}

#[tokio::test]
async fn a_placed_session_is_one_for_all_who_ask_and_a_second_placing_keeps_it() {
    let layer = Clock::default().layer(|_| ());
    let mut request = Request::new(Body::empty());
    assert!(LazySession::from_request(&request).is_err());
    layer.place(&mut request);
    session_of(&request).await.set("theme", "dark").unwrap();
    layer.place(&mut request);
    let session = session_of(&request).await;
    assert_eq!(session.get::<String>("theme").unwrap().as_deref(), Some("dark"));
    session.save().await.unwrap();
    assert!(!session.is_new());
}

#[tokio::test]
async fn an_observer_is_told_and_costs_no_clock_whichever_of_both_was_set_first() {
    let clock = Clock::default();
    let (ours, reader) = (observer(8), clock.clone());
    let first = (clock.layer(|_| ()).observe(ours.0), ours.1);
    let ours = observer(8);
    let store = session_memory::MemoryStore::new();
    let config = session_core::SessionConfig::default();
    let second = SessionLayer::new(store, config).observe(ours.0).clock(move || reader.now());
    for (layer, mut events) in [first, (second, ours.1)] {
        let mut request = Request::new(Body::empty());
        layer.place(&mut request);
        let session = session_of(&request).await;
        session.login("ada").unwrap();
        session.save().await.unwrap();
        assert_eq!(told(&mut events), ["ada"]);
        // Nothing is asked of the store meanwhile, as in a socket that waits.
        clock.pass(4);
        assert_eq!(session.require_fresh(Duration::from_secs(3)), Err(SignInRequired::Stale.into()));
    }
}

#[tokio::test]
async fn an_observer_is_told_of_requests() {
    let (observer, mut events) = observer(8);
    let layer = Clock::default().layer(|_| ()).observe(observer);
    let app = Router::new()
        .route("/", get(async |session: Session| session.owner().unwrap_or_default()))
        .route("/sign-in", post(sign_in))
        .layer(layer);
    let mut ada = Browser::new(&app);
    ada.get("/").await;
    assert!(told(&mut events).is_empty());
    ada.post("/sign-in", "").await;
    assert_eq!(told(&mut events), ["ada"]);
}
