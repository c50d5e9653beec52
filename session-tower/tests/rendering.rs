//! What is answered when a request fails because of its session, and who sees it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{
    Extension, Router,
    extract::Request,
    http::StatusCode,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use common::{Browser, ProbeStore};
use session_core::{SessionConfig, SessionError};
use session_tower::{
    CsrfLayer, DiscardChanges, FailureCause, LazySession, Session, SessionFailure, SessionLayer,
};

fn layer(store: &ProbeStore) -> SessionLayer {
    SessionLayer::new(store.clone(), SessionConfig::default())
}

async fn write(session: Session) -> Result<&'static str, SessionFailure> {
    session.set("name", "Ada")?;
    Ok("written")
}

#[tokio::test]
async fn an_api_and_pages_are_behind_one_layer() {
    let store = ProbeStore::default();
    let sessions = layer(&store).on_error(|failure, request| {
        let language = request.headers.get("accept-language").map_or("none", |value| value.to_str().unwrap());
        let text = format!("{} {} {language}", request.method, request.uri);
        if request.uri.path().starts_with("/api/") {
            return (failure.status(), [("content-type", "application/json")], text).into_response();
        }
        (failure.status(), text).into_response()
    });
    let routes = Router::new().route("/api/n", get(write).post(write)).route("/page", get(write).post(write));
    let app = routes.layer(CsrfLayer::new()).layer(sessions);
    let mut ada = Browser::new(&app);
    let page = ada.post("/api/n", "x=1").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (403, "application/json".into()));
    let page = ada.call(http::Method::POST, "/page?q=1", &[("accept-language", "de")], "").await;
    assert_eq!((page.status.as_u16(), page.body.as_str()), (403, "POST /page?q=1 de"));
    // A save that fails is rendered the same way: the request is used up by then.
    store.fail_writes(true);
    let page = ada.get("/api/n").await;
    assert_eq!((page.status.as_u16(), page.body.as_str()), (503, "GET /api/n none"));
}

#[tokio::test]
async fn the_error_page_can_look_at_the_session() {
    let sessions = layer(&ProbeStore::default()).on_error(|_, request| {
        let session = LazySession::from_request(request).unwrap().loaded();
        session.map_or("not loaded".into(), |session| format!("owner {:?}", session.owner()))
    });
    let fail = async |session: Session| {
        session.login("ada").unwrap();
        Err::<(), _>(SessionFailure::from(SessionError::Gone))
    };
    let mut ada = Browser::new(&Router::new().route("/", get(fail)).layer(sessions));
    assert_eq!(ada.get("/").await.body, "owner Some(\"ada\")");
}

#[tokio::test]
async fn layers_outside_find_the_failure_among_the_extensions() {
    async fn tell(request: Request, next: Next) -> Response {
        let response = next.run(request).await;
        let failure = response.extensions().get::<SessionFailure>();
        let gone = failure
            .is_some_and(|failure| matches!(failure.cause(), FailureCause::Session(SessionError::Gone)));
        let store = failure
            .is_some_and(|failure| matches!(failure.cause(), FailureCause::Session(SessionError::Store(_))));
        ([("gone", gone.to_string()), ("store", store.to_string())], response).into_response()
    }
    let store = ProbeStore::default();
    for sessions in [layer(&store), layer(&store).on_error(|_, _| "sorry")] {
        let fail = async || Err::<(), _>(SessionFailure::from(SessionError::Gone));
        let app = Router::new()
            .route("/", get(fail))
            .route("/write", get(write))
            .layer(sessions)
            .layer(from_fn(tell));
        let mut ada = Browser::new(&app);
        store.fail_writes(false);
        let page = ada.get("/").await;
        assert_eq!((page.header("gone"), page.header("store")), ("true".into(), "false".into()));
        let page = ada.get("/write").await;
        assert_eq!((page.header("gone"), page.header("store")), ("false".into(), "false".into()));
        store.fail_writes(true);
        let page = ada.get("/write").await;
        assert_eq!((page.header("gone"), page.header("store")), ("false".into(), "true".into()));
    }
}

#[tokio::test]
async fn a_response_of_ones_own_can_say_that_nothing_is_saved() {
    let store = ProbeStore::default();
    let preview = async |session: Session| {
        session.set("name", "Eve").unwrap();
        (StatusCode::OK, Extension(DiscardChanges), "preview")
    };
    let read = async |session: Session| session.get::<String>("name").unwrap().unwrap_or_default();
    let routes =
        Router::new().route("/", get(read)).route("/write", get(write)).route("/preview", get(preview));
    let mut ada = Browser::new(&routes.layer(layer(&store)));
    assert_eq!(ada.get("/preview").await.body, "preview");
    assert_eq!((store.len(), ada.cookie.is_none()), (0, true));
    ada.get("/write").await;
    ada.get("/preview").await;
    assert_eq!(ada.get("/").await.body, "Ada");
}

#[tokio::test]
async fn who_decides_what_is_saved_is_one_function_of_the_response() {
    for (status, default, only_success) in
        [(200, true, true), (303, true, false), (404, true, false), (408, false, false), (503, false, false)]
    {
        let status = StatusCode::from_u16(status).unwrap();
        let custom = |store: &ProbeStore| layer(store).save_when(|head| head.status.is_success());
        for (saves, by_rule) in [(default, false), (only_success, true)] {
            let store = ProbeStore::default();
            let sessions = if by_rule { custom(&store) } else { layer(&store) };
            let answer = async move |session: Session| {
                session.set("name", "Ada").unwrap();
                status
            };
            Browser::new(&Router::new().route("/", get(answer)).layer(sessions)).get("/").await;
            assert_eq!(store.len() == 1, saves, "{status} {by_rule}");
        }
    }
}

#[tokio::test]
async fn a_handler_that_a_timeout_cut_off_saves_nothing() {
    use std::time::Duration;
    use tower_http::timeout::TimeoutLayer;

    let store = ProbeStore::default();
    let half = async |session: Session| {
        session.set("step", 1).unwrap();
        std::future::pending::<()>().await;
    };
    let cut = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(1));
    let app = Router::new().route("/", get(half)).layer(cut).layer(layer(&store));
    let mut ada = Browser::new(&app);
    assert_eq!((ada.get("/").await.status.as_u16(), store.len()), (408, 0));
}
