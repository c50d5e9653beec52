//! A client that goes away in the middle: what was begun is finished, and what was not is left alone.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{Router, body::Body, extract::Request, routing::get};
use common::{Browser, ProbeStore};
use session_core::SessionConfig;
use session_tower::{Session, SessionFailure, SessionLayer};
use tower::ServiceExt as _;

type Text = Result<String, SessionFailure>;

async fn read(session: Session) -> Text {
    Ok(format!("{:?} {}", session.owner(), session.get::<String>("cart")?.unwrap_or_default()))
}

/// Signs in, and saves by itself if the path says so.
fn app(layer: &SessionLayer) -> Router {
    Router::new()
        .route("/", get(read))
        .route(
            "/cart",
            get(async |session: Session| -> Text { Ok(session.set("cart", "tea").map(|()| "cart".into())?) }),
        )
        .route(
            "/sign-in",
            get(async |session: Session| -> Text { Ok(session.login("ada").map(|()| "ada".into())?) }),
        )
        .route(
            "/sign-in/now",
            get(async |session: Session| -> Text {
                session.login("ada")?;
                session.save().await?;
                Ok("ada".into())
            }),
        )
        .route(
            "/others",
            get(async |session: Session| -> Text {
                session.set("cart", "milk")?;
                Ok(session.end_others().await?.to_string())
            }),
        )
        .layer(layer.clone())
}

/// Polls the request so many times and goes away; returns whether it was answered before.
async fn hang_up(app: &Router, path: &str, cookie: &str, polls: usize) -> bool {
    let request = Request::get(path).header("cookie", format!("AloSession={cookie}"));
    let mut request = Box::pin(app.clone().oneshot(request.body(Body::empty()).unwrap()));
    for _ in 0..polls {
        if common::poll_once(request.as_mut()).await {
            return true;
        }
    }
    drop(request);
    // What goes on without the client.
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    false
}

#[tokio::test]
async fn a_sign_in_that_was_begun_is_finished() {
    for path in ["/sign-in", "/sign-in/now"] {
        let (mut begun, mut not_begun) = (0, 0);
        for polls in 1.. {
            let store = ProbeStore::default();
            let layer = SessionLayer::new(store.clone(), SessionConfig::default());
            let app = app(&layer);
            let mut visitor = Browser::new(&app);
            visitor.get("/cart").await;
            if hang_up(&app, path, visitor.cookie.as_ref().unwrap(), polls).await {
                break;
            }
            let signed_in = layer.sessions().of("ada").await.unwrap().len();
            let before = visitor.get("/").await.body;
            match signed_in {
                0 => assert_eq!(before, "None tea", "{path} {polls}"),
                _ => assert_eq!(before, "None ", "{path} {polls}: the old id works beside the new one"),
            }
            begun += signed_in;
            not_begun += 1 - signed_in;
        }
        assert!(begun > 1 && not_begun > 0, "{path}: {begun} {not_begun}");
    }
}

#[tokio::test]
async fn ending_the_others_goes_on_after_its_save() {
    let mut ended = 0;
    for polls in 1.. {
        let store = ProbeStore::default();
        let layer = SessionLayer::new(store.clone(), SessionConfig::default());
        let app = app(&layer);
        let (mut ada, mut phone) = (Browser::new(&app), Browser::new(&app));
        ada.get("/sign-in").await;
        phone.get("/sign-in").await;
        ada.get("/cart").await;
        if hang_up(&app, "/others", ada.cookie.as_ref().unwrap(), polls).await {
            break;
        }
        ended += 2 - layer.sessions().of("ada").await.unwrap().len();
        let page = ada.get("/").await.body;
        assert_eq!(page, if ended > 0 { "Some(\"ada\") milk" } else { "Some(\"ada\") tea" });
    }
    assert!(ended > 0);
}

#[tokio::test]
async fn what_a_handler_changed_and_did_not_save_is_dropped_with_it() {
    let store = ProbeStore::default();
    let layer = SessionLayer::new(store.clone(), SessionConfig::default());
    let half = async |session: Session| {
        session.set("cart", "half").unwrap();
        std::future::pending::<()>().await;
    };
    let app = app(&layer).merge(Router::new().route("/half", get(half)).layer(layer));
    let mut visitor = Browser::new(&app);
    visitor.get("/cart").await;
    assert!(!hang_up(&app, "/half", visitor.cookie.as_ref().unwrap(), 5).await);
    assert_eq!(visitor.get("/").await.body, "None tea");
}

/// Without a runtime the save is left where it is, and nothing panics.
#[test]
fn without_a_runtime_it_is_dropped() {
    let layer = SessionLayer::new(ProbeStore::default(), SessionConfig::default());
    let request = Request::get("/cart").body(Body::empty()).unwrap();
    let mut request = Box::pin(app(&layer).oneshot(request));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(request.as_mut().poll(&mut context).is_pending());
    drop(request);
}
