//! A sign-out that works whatever the record says.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, unreachable_pub, reason = "test code")]

mod common;

use axum::{
    Router,
    http::StatusCode,
    routing::{get, post},
};
use common::{Browser, ProbeStore};
use session_core::{
    SessionConfig, Sessions, Timestamp, Visit,
    store::{Adapter, Answer, Call, Store as _, StoreError},
};
use session_tower::{LazySession, Session, SessionFailure, SessionLayer};

/// A store in which a newer version of the library has written.
#[derive(Debug, Clone, Default)]
struct Newer(ProbeStore);

impl Adapter for Newer {
    async fn forward(&self, call: Call<'_>) -> Result<Answer, StoreError> {
        let answer = self.0.perform(call).await?;
        Ok(match answer {
            Answer::Load(Some(mut stored)) => {
                let mut data = stored.data.to_vec();
                // Tombstones stay as they are: they have no owner's name in them.
                if data.windows(3).any(|part| part == b"ada") {
                    data[0] = 9;
                }
                stored.data = data.into();
                Answer::Load(Some(stored))
            }
            answer => answer,
        })
    }
}

fn app(store: Newer) -> Router {
    Router::new()
        .route("/who", get(async |session: Session| session.owner().unwrap_or("nobody".into())))
        .route(
            "/sign-out",
            post(async |session: LazySession| Ok::<_, SessionFailure>(session.forget().await?.to_string())),
        )
        .layer(SessionLayer::new(store, SessionConfig::default()))
}

#[tokio::test]
async fn a_session_that_cannot_be_read_is_signed_out_of() {
    let store = Newer::default();
    let sessions = Sessions::new(store.0.clone(), SessionConfig::default());
    let now = Timestamp::from(std::time::SystemTime::now());
    let session = sessions.open(&Visit::new(), now).await.unwrap();
    session.login("ada").unwrap();
    let settled = sessions.save(&session, now).await.unwrap();
    let session_core::cookie::SetCookie::Set { id, .. } = settled.cookie else { panic!("no cookie") };
    let mut browser = Browser::new(&app(store));
    browser.cookie = Some(id.expose().as_str().to_owned());
    assert_eq!(browser.get("/who").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    let page = browser.post("/sign-out", "").await;
    assert_eq!((page.status, page.body.as_str()), (StatusCode::OK, "1"));
    assert_eq!(page.session_cookie(), Some(""), "the cookie is removed");
    assert!(page.header("cache-control").contains("no-store"));
    assert!(sessions.of("ada", now).await.unwrap().is_empty());
    assert_eq!(browser.get("/who").await.body, "nobody");
}

#[tokio::test]
async fn a_loaded_session_is_forgotten_as_well() {
    let store = ProbeStore::default();
    let app = Router::new()
        .route(
            "/sign-in",
            post(async |session: Session| {
                session.login("ada")?;
                Ok::<_, SessionFailure>("hello")
            }),
        )
        .route("/who", get(async |session: Session| session.owner().unwrap_or("nobody".into())))
        .route(
            "/sign-out",
            post(async |session: Session, lazy: LazySession| {
                let ended = lazy.forget().await?;
                Ok::<_, SessionFailure>(format!("{ended} {}", session.is_destroyed()))
            }),
        )
        .layer(SessionLayer::new(store, SessionConfig::default()));
    let mut browser = Browser::new(&app);
    assert_eq!(browser.post("/sign-in", "").await.status, StatusCode::OK);
    let page = browser.post("/sign-out", "").await;
    assert_eq!((page.body.as_str(), page.session_cookie()), ("1 true", Some("")));
    assert_eq!(browser.get("/who").await.body, "nobody");
}
