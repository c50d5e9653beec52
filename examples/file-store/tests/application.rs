//! The store in an application with axum.
#![allow(clippy::unwrap_used, reason = "test code")]

use std::{io, path::Path, sync::Arc, time::Duration};

use alo_session::{Session, SessionConfig, SessionFailure, SessionLayer, SpawnBlocking, store::Store};
use axum::{Router, body::Body, routing::get};
use file_store::FileStore;
use http::{Request, header};
use tower::ServiceExt as _;

async fn count(session: Session) -> Result<String, SessionFailure> {
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    Ok(format!("visit {visits}"))
}

fn application(directory: &Path) -> io::Result<Router> {
    let store = Arc::new(SpawnBlocking::new(FileStore::open(directory)?));
    tokio::spawn(sweep_for_ever(Arc::clone(&store)));
    Ok(Router::new().route("/", get(count)).layer(SessionLayer::new(store, SessionConfig::website())))
}

/// Removes what has expired, a thousand records at a time, and rests for a minute when nothing is left.
async fn sweep_for_ever(store: impl Store) {
    loop {
        while matches!(store.sweep(1000).await, Ok(1..)) {}
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

#[test]
fn an_application_counts_visits() {
    let directory = std::env::temp_dir().join(format!("file-store-application-{}", std::process::id()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(two_visits(&directory));
    // The sweeper has ended with its runtime.
    drop(runtime);
    std::fs::remove_dir_all(directory).unwrap();
}

async fn two_visits(directory: &Path) {
    let application = application(directory).unwrap();
    let mut cookie = String::new();
    for expected in ["visit 1", "visit 2"] {
        let request = Request::get("/").header(header::COOKIE, &cookie).body(Body::empty()).unwrap();
        let response = application.clone().oneshot(request).await.unwrap();
        if let Some(set) = response.headers().get(header::SET_COOKIE) {
            cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
        assert_eq!(body, expected);
    }
}
