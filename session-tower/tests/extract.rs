//! Loading: when it happens, how often, and what is answered when it cannot.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{
    Router,
    body::Body,
    extract::FromRequestParts,
    http::{Request, StatusCode},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use common::{Browser, ProbeStore, log};
use session_core::{SessionConfig, Timestamp};
use session_tower::{LazySession, Session, SessionFailure, SessionLayer};

async fn read(session: Session) -> Result<String, SessionFailure> {
    Ok(session.get::<String>("name")?.unwrap_or("nobody".into()))
}

async fn write(session: Session) -> Result<&'static str, SessionFailure> {
    session.set("name", "Ada")?;
    Ok("written")
}

/// Reads what is there and writes something else.
async fn both(session: Session) -> Result<String, SessionFailure> {
    Ok(session
        .update("count", |count: &mut u32| {
            *count += 1;
            *count
        })?
        .to_string())
}

fn app(store: &ProbeStore) -> Router {
    Router::new()
        .route("/untouched", get(async || "hello"))
        .route("/lazy", get(async |_: LazySession| "hello"))
        .route("/read", get(read))
        .route("/write", get(write))
        .route("/both", get(both))
        .route(
            "/twice",
            get(async |first: Session, second: Session, lazy: LazySession| {
                first.set("seen", 1)?;
                let third = lazy.load().await?;
                assert_eq!(third.get::<u32>("seen")?, Some(1));
                Ok::<_, SessionFailure>(second.get::<u32>("seen")?.unwrap_or(0).to_string())
            }),
        )
        .layer(SessionLayer::new(store.clone(), SessionConfig::default()))
}

#[tokio::test]
async fn each_request_calls_the_store_as_often_as_it_must() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    assert_eq!(ada.get("/read").await.body, "nobody");
    assert_eq!(store.calls(), (0, 0), "no cookie, nothing to load");
    ada.get("/write").await;
    assert_eq!(store.calls(), (0, 1));
    for untouched in ["/untouched", "/lazy"] {
        let page = ada.get(untouched).await;
        assert_eq!((page.body.as_str(), store.calls()), ("hello", (0, 0)), "{untouched}");
        assert!(page.headers.get("vary").is_none() && page.headers.get("cache-control").is_none());
        assert!(page.session_cookie().is_none());
    }
    assert_eq!(ada.get("/read").await.body, "Ada");
    assert_eq!(store.calls(), (1, 0));
    assert_eq!(ada.get("/both").await.body, "1");
    assert_eq!(store.calls(), (1, 1));
    assert_eq!(ada.get("/twice").await.body, "1");
    assert_eq!(store.calls(), (1, 1), "several extractors are one session");
}

#[tokio::test]
async fn concurrent_extractors_share_one_load() {
    let store = ProbeStore::default();
    let app = app(&store).route(
        "/concurrent",
        get(async |request: Request<Body>| {
            let (mut first, _) = request.into_parts();
            let mut second = first.clone();
            let (first, second) = tokio::join!(
                <Session>::from_request_parts(&mut first, &()),
                <Session>::from_request_parts(&mut second, &())
            );
            let (first, second) = (first?, second?);
            first.set("from", "the first")?;
            Ok::<_, SessionFailure>(second.get::<String>("from")?.unwrap_or_default())
        }),
    );
    // A route that is added after a layer is not inside it.
    let app = app.layer(SessionLayer::new(store.clone(), SessionConfig::default()));
    let mut ada = Browser::new(&app);
    ada.get("/write").await;
    store.calls();
    assert_eq!(ada.get("/concurrent").await.body, "the first");
    assert_eq!(store.calls(), (1, 1));
}

#[tokio::test]
async fn a_load_that_was_dropped_or_failed_is_tried_again() {
    let store = ProbeStore::default();
    let inner = store.clone();
    let app = Router::new()
        .route("/write", get(write))
        .route(
            "/retry",
            get(async move |lazy: LazySession| {
                inner.fail_loads(true);
                assert!(lazy.load().await.is_err());
                inner.fail_loads(false);
                {
                    let load = lazy.load();
                    tokio::select! {
                        biased;
                        _ = load => unreachable!("the store lets others run first"),
                        () = std::future::ready(()) => {}
                    }
                }
                assert!(lazy.loaded().is_none());
                let session = lazy.load().await?;
                assert!(lazy.loaded().is_some());
                Ok::<_, SessionFailure>(session.get::<String>("name")?.unwrap_or_default())
            }),
        )
        .layer(SessionLayer::new(store.clone(), SessionConfig::default()));
    let mut ada = Browser::new(&app);
    ada.get("/write").await;
    store.calls();
    assert_eq!(ada.get("/retry").await.body, "Ada");
    assert_eq!(store.calls().0, 3);
}

#[tokio::test]
async fn a_failed_load_is_an_error_and_no_empty_session() {
    let store = ProbeStore::default();
    let mut ada = Browser::new(&app(&store));
    ada.get("/write").await;
    store.fail_loads(true);
    store.calls();
    for path in ["/read", "/both", "/twice"] {
        let page = ada.get(path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(page.header("retry-after"), "2");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.body.contains("not available") && !page.body.contains("10.0.0.7"), "{}", page.body);
        assert_eq!(store.calls(), (1, 0));
    }
    assert_eq!(ada.get("/untouched").await.status, StatusCode::OK);
    store.fail_loads(false);
    assert_eq!(ada.get("/read").await.body, "Ada");
}

struct Admin;

#[tokio::test]
async fn a_missing_layer_is_named() {
    let app = Router::new()
        .route("/eager", get(read))
        .route("/lazy", get(async |_: LazySession| "hello"))
        .route("/token", get(async |_: session_tower::CsrfToken| "hello"))
        .route("/admin", get(async |_: Session<Admin>| "hello"))
        .route("/verdict", post(async |_: session_tower::CsrfVerdict| "hello"));
    let mut ada = Browser::new(&app);
    for (path, missing) in [
        ("/eager", "add `SessionLayer::new(…)` around"),
        ("/lazy", "add `SessionLayer::new(…)` around"),
        ("/token", "add `SessionLayer::new(…)` around"),
        ("/admin", "add `SessionLayer::new(…).kind::<extract::Admin>()` around"),
        ("/verdict", "add `CsrfLayer::new()` around"),
    ] {
        let page = if path == "/verdict" { ada.post(path, "").await } else { ada.get(path).await };
        assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
        let line = log::last("but there is no");
        assert!(line.contains(missing) && page.body.contains("not set up"), "{line}");
        // The crates behind the one that the program names are nothing to write.
        assert!(!line.contains(" session_"), "{line}");
    }
}

#[tokio::test]
async fn middleware_reaches_the_session_that_the_handler_gets() {
    async fn greet(request: Request<Body>, next: Next) -> Result<Response, SessionFailure> {
        let session = LazySession::from_request(&request)?.load().await?;
        session.set("greeted", true)?;
        Ok(next.run(request).await)
    }
    let store = ProbeStore::default();
    let app = Router::new()
        .route("/", get(async |session: Session| session.contains("greeted").to_string()))
        .layer(middleware::from_fn(greet))
        .layer(SessionLayer::new(store.clone(), SessionConfig::default()));
    let mut ada = Browser::new(&app);
    assert_eq!(ada.get("/").await.body, "true");
    assert_eq!(store.calls(), (0, 1));
}

#[tokio::test]
async fn the_fingerprint_is_of_the_request_and_its_network() {
    use session_core::config::{FingerprintProperty, OnMismatch};

    let config = SessionConfig::with(|settings| {
        settings.fingerprint.properties =
            [FingerprintProperty::UserAgent, FingerprintProperty::Network].into();
        settings.fingerprint.on_mismatch = OnMismatch::Reject;
    });
    let layer = SessionLayer::new(ProbeStore::default(), config.unwrap())
        .network(|request| request.headers.get("x-client")?.to_str().ok()?.parse().ok());
    let app = Router::new()
        .route("/write", get(write))
        .route("/read", get(read))
        .route("/lazy", get(async |lazy: LazySession| read(lazy.load().await?).await))
        .layer(layer);
    let mut ada = Browser::new(&app);
    let home = [("user-agent", "Ada/1"), ("x-client", "192.0.2.7")];
    ada.call("GET".parse().unwrap(), "/write", &home, "").await;
    for path in ["/read", "/lazy"] {
        for (headers, expected) in [
            (home, "Ada"),
            ([("user-agent", "Ada/1"), ("x-client", "192.0.2.99")], "Ada"),
            ([("user-agent", "Eve/1"), ("x-client", "192.0.2.7")], "nobody"),
            ([("user-agent", "Ada/1"), ("x-client", "198.51.100.7")], "nobody"),
        ] {
            let page = ada.call("GET".parse().unwrap(), path, &headers, "").await;
            assert_eq!(page.body, expected, "{path} {headers:?}");
        }
    }
}

#[tokio::test]
async fn the_clock_is_the_layer_s() {
    let layer = SessionLayer::new(ProbeStore::default(), SessionConfig::default())
        .clock(|| Timestamp::from_millis(4_200));
    let app = Router::new()
        .route(
            "/",
            get(async |session: Session| {
                assert_eq!(session.now(), Timestamp::from_millis(4_200));
                session.created().as_millis().to_string()
            }),
        )
        .layer(layer);
    assert_eq!(Browser::new(&app).get("/").await.body, "4200");
}
