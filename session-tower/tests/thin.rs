//! A first line through layer, extractor and store.

use axum::{Router, body::Body, http::Request, routing::get};
use http_body_util::BodyExt as _;
use session_core::SessionConfig;
use session_memory::MemoryStore;
use session_tower::{Session, SessionFailure, SessionLayer};
use tower::ServiceExt as _;

async fn count(session: Session) -> Result<String, SessionFailure> {
    Ok(session
        .update("n", |n: Option<u32>| n.unwrap_or(0) + 1)?
        .to_string())
}

#[tokio::test]
async fn counts() {
    let app = Router::new()
        .route("/", get(count))
        .layer(SessionLayer::new(MemoryStore::new(), SessionConfig::default()));
    let mut cookie = String::new();
    for expected in ["1", "2", "3"] {
        let request = Request::get("/")
            .header("cookie", &cookie)
            .body(Body::empty())
            .unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        if let Some(set) = response.headers().get("set-cookie") {
            cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), expected);
    }
}
