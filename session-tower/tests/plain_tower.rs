//! The layers around a service that knows no framework.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use session_core::SessionConfig;
use session_memory::MemoryStore;
use session_tower::{CsrfLayer, CsrfToken, LazySession, SessionFailure, SessionLayer};
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

type Body = Full<Bytes>;

async fn count(request: Request<session_tower::Body>) -> Result<Response<Body>, SessionFailure> {
    let session = LazySession::from_request(&request)?.load().await?;
    let count = session.update("count", |count: &mut u32| {
        *count += 1;
        *count
    })?;
    let token = CsrfToken::new(&session).text()?;
    let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes);
    Ok(Response::new(format!("{count} {} {}", token.as_str(), body.unwrap().len()).into()))
}

async fn send<S>(service: &mut S, request: Request<Body>) -> (StatusCode, Option<String>, String)
where
    S: Service<Request<Body>, Response = Response<session_tower::Body>>,
    S::Error: std::fmt::Debug,
{
    let response = service.ready().await.unwrap().call(request).await.unwrap();
    let cookie = response.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
    let cookie = cookie.and_then(|cookie| Some(cookie.split_once(';')?.0.to_owned()));
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, cookie, String::from_utf8(body.into()).unwrap())
}

#[tokio::test]
async fn counts_and_is_protected() {
    let layer = SessionLayer::new(MemoryStore::new(), SessionConfig::default());
    let mut service = layer.layer(CsrfLayer::new().layer(service_fn(count)));
    let (_, cookie, first) = send(&mut service, Request::default()).await;
    let cookie = cookie.unwrap();
    let token = first.strip_prefix("1 ").unwrap().strip_suffix(" 0").unwrap();
    let post = |body: String| {
        let request = Request::post("/").header("cookie", &cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(Body::from(body)).unwrap()
    };
    let (status, _, body) = send(&mut service, post(format!("_csrf={token}"))).await;
    assert!(status == StatusCode::OK && body.starts_with("2 ") && body.ends_with(" 92"), "{body}");
    let (status, ..) = send(&mut service, post("_csrf=wrong".to_owned())).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_missing_layer_is_a_failure_that_says_so() {
    let failure = count(Request::default()).await.unwrap_err();
    assert_eq!(failure.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!failure.to_string().contains("SessionLayer"), "that is for the log");
    assert!(matches!(failure.cause(), session_tower::FailureCause::MissingLayer));
}
