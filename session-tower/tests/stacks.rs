//! Every stack of tower layers compiles, inside and outside of sessions, and a request passes through each.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::{collections::BTreeMap, fmt::Debug, time::Duration};

use axum::{
    BoxError, Router,
    body::{Body, Bytes},
    error_handling::HandleErrorLayer,
    extract::Request,
    middleware::{Next, from_fn, map_response},
    response::Response,
    routing::get,
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use session_core::SessionConfig;
use session_memory::MemoryStore;
use session_tower::{CsrfLayer, CsrfToken, Session, SessionFailure, SessionLayer};
use tower::{Layer, Service, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::CorsLayer,
    decompression::{DecompressionLayer, RequestDecompressionLayer},
    limit::RequestBodyLimitLayer,
    map_request_body::MapRequestBodyLayer,
    map_response_body::MapResponseBodyLayer,
    normalize_path::NormalizePathLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    sensitive_headers::SetSensitiveHeadersLayer,
    services::ServeDir,
    set_header::SetResponseHeaderLayer,
    timeout::{RequestBodyTimeoutLayer, ResponseBodyTimeoutLayer, TimeoutLayer},
    trace::TraceLayer,
};

fn sessions() -> SessionLayer {
    SessionLayer::new(MemoryStore::new(), SessionConfig::default())
}

async fn count(session: Session) -> Result<String, SessionFailure> {
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    Ok(format!("visit {visits}"))
}

async fn token(token: CsrfToken) -> Result<String, SessionFailure> {
    Ok(token.text()?.as_str().to_owned())
}

fn site() -> Router {
    Router::new().route("/", get(count).post(count)).route("/token", get(token))
}

/// A visitor who keeps cookies.
#[derive(Default)]
struct Visitor {
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    async fn send<S, B>(&mut self, service: &mut S, method: Method, path: &str, form: String) -> String
    where
        S: Service<Request, Response = http::Response<B>>,
        S::Error: Debug,
        B: http_body::Body<Data = Bytes>,
        B::Error: Debug,
    {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form)).unwrap();
        let response = service.ready().await.unwrap().call(request).await.unwrap();
        let (head, body) = response.into_parts();
        for set in head.headers.get_all(header::SET_COOKIE) {
            let (pair, _) = set.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        String::from_utf8(body.collect().await.unwrap().to_bytes().into()).unwrap()
    }
}

/// Visits a page twice, and then sends its form.
async fn visit<S, B>(mut service: S)
where
    S: Service<Request, Response = http::Response<B>>,
    S::Error: Debug,
    B: http_body::Body<Data = Bytes>,
    B::Error: Debug,
{
    let mut visitor = Visitor::default();
    for expected in ["visit 1", "visit 2"] {
        assert_eq!(visitor.send(&mut service, Method::GET, "/", String::new()).await, expected);
    }
    let token = visitor.send(&mut service, Method::GET, "/token", String::new()).await;
    let form = format!("_csrf={token}");
    assert_eq!(visitor.send(&mut service, Method::POST, "/", form).await, "visit 3");
}

const SECOND: Duration = Duration::from_secs(1);
const MIB: usize = 1 << 20;

fn id() -> HeaderName {
    HeaderName::from_static("x-request-id")
}

async fn pass(request: Request, next: Next) -> Response {
    next.run(request).await
}

/// A test for each stack, from the outermost layer to the innermost.
macro_rules! stacks {
    ($($name:ident: [$($layer:expr),* $(,)?];)*) => {$(
        #[tokio::test]
        async fn $name() {
            visit(ServiceBuilder::new()$(.layer($layer))*.service(site())).await;
        }
    )*};
}

stacks! {
    sessions_alone: [sessions()];
    trace_inside: [sessions(), TraceLayer::new_for_http()];
    trace_outside: [TraceLayer::new_for_http(), sessions()];
    compression_inside: [sessions(), CompressionLayer::new()];
    compression_outside: [CompressionLayer::new(), sessions()];
    decompression_inside: [sessions(), DecompressionLayer::new()];
    decompression_outside: [DecompressionLayer::new(), sessions()];
    request_decompression_inside: [sessions(), RequestDecompressionLayer::new()];
    request_decompression_outside: [RequestDecompressionLayer::new(), sessions()];
    limit_inside: [sessions(), RequestBodyLimitLayer::new(MIB)];
    limit_outside: [RequestBodyLimitLayer::new(MIB), sessions()];
    timeout_inside: [sessions(), TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SECOND)];
    timeout_outside: [TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, SECOND), sessions()];
    body_timeouts_inside: [sessions(), RequestBodyTimeoutLayer::new(SECOND), ResponseBodyTimeoutLayer::new(SECOND)];
    body_timeouts_outside: [RequestBodyTimeoutLayer::new(SECOND), ResponseBodyTimeoutLayer::new(SECOND), sessions()];
    catch_panic_inside: [sessions(), CatchPanicLayer::new()];
    catch_panic_outside: [CatchPanicLayer::new(), sessions()];
    cors_inside: [sessions(), CorsLayer::permissive()];
    cors_outside: [CorsLayer::permissive(), sessions()];
    middleware_inside: [sessions(), from_fn(pass)];
    middleware_outside: [from_fn(pass), sessions()];
    mapped_response_inside: [sessions(), map_response(async |response: Response| response)];
    mapped_response_outside: [map_response(async |response: Response| response), sessions()];
    mapped_bodies_inside: [sessions(), MapRequestBodyLayer::new(Body::new), MapResponseBodyLayer::new(Body::new)];
    mapped_bodies_outside: [MapResponseBodyLayer::new(Body::new), MapRequestBodyLayer::new(Body::new), sessions()];
    request_id_inside: [sessions(), SetRequestIdLayer::new(id(), MakeRequestUuid), PropagateRequestIdLayer::new(id())];
    request_id_outside: [SetRequestIdLayer::new(id(), MakeRequestUuid), PropagateRequestIdLayer::new(id()), sessions()];
    sensitive_headers_inside: [sessions(), SetSensitiveHeadersLayer::new([header::COOKIE])];
    sensitive_headers_outside: [SetSensitiveHeadersLayer::new([header::COOKIE]), sessions()];
    header_inside: [
        sessions(), SetResponseHeaderLayer::overriding(header::SERVER, HeaderValue::from_static("a")),
    ];
    header_outside: [
        SetResponseHeaderLayer::overriding(header::SERVER, HeaderValue::from_static("a")), sessions(),
    ];
    path_inside: [sessions(), NormalizePathLayer::trim_trailing_slash()];
    path_outside: [NormalizePathLayer::trim_trailing_slash(), sessions()];
    tower_timeout_outside: [HandleErrorLayer::new(failed), tower::timeout::TimeoutLayer::new(SECOND), sessions()];
    tower_timeout_around: [sessions(), HandleErrorLayer::new(failed), tower::timeout::TimeoutLayer::new(SECOND)];
    errors_through_sessions: [HandleErrorLayer::new(failed), sessions(), tower::timeout::TimeoutLayer::new(SECOND)];
    load_shed_through_sessions: [HandleErrorLayer::new(failed), sessions(), tower::load_shed::LoadShedLayer::new()];
    buffer_outside: [HandleErrorLayer::new(failed), tower::buffer::BufferLayer::new(8), sessions()];
    buffer_inside: [sessions(), HandleErrorLayer::new(failed), tower::buffer::BufferLayer::new(8)];
    concurrency_inside: [sessions(), tower::limit::ConcurrencyLimitLayer::new(8)];
    csrf_inside: [sessions(), CsrfLayer::new()];
    csrf_and_trace: [sessions(), CsrfLayer::new(), TraceLayer::new_for_http()];
    csrf_and_compression: [sessions(), CsrfLayer::new(), CompressionLayer::new()];
    csrf_and_limit: [sessions(), CsrfLayer::new(), RequestBodyLimitLayer::new(MIB)];
    csrf_and_decompression: [sessions(), CsrfLayer::new(), RequestDecompressionLayer::new()];
    csrf_and_body_timeouts: [sessions(), CsrfLayer::new(), RequestBodyTimeoutLayer::new(SECOND)];
    csrf_and_catch_panic: [sessions(), CsrfLayer::new(), CatchPanicLayer::new()];
    csrf_and_middleware: [sessions(), CsrfLayer::new(), from_fn(pass)];
    csrf_and_buffer: [sessions(), CsrfLayer::new(), HandleErrorLayer::new(failed), tower::buffer::BufferLayer::new(8)];
    limit_and_csrf: [RequestBodyLimitLayer::new(MIB), sessions(), CsrfLayer::new()];
    limit_between: [sessions(), RequestBodyLimitLayer::new(MIB), CsrfLayer::new()];
    decompression_between: [sessions(), RequestDecompressionLayer::new(), CsrfLayer::new()];
    body_timeout_between: [sessions(), RequestBodyTimeoutLayer::new(SECOND), CsrfLayer::new()];
    trace_between: [sessions(), TraceLayer::new_for_http(), CsrfLayer::new()];
    middleware_between: [sessions(), from_fn(pass), CsrfLayer::new()];
    errors_through_both: [
        HandleErrorLayer::new(failed), sessions(), CsrfLayer::new(), tower::timeout::TimeoutLayer::new(SECOND),
    ];
    csrf_trace_compression: [sessions(), CsrfLayer::new(), TraceLayer::new_for_http(), CompressionLayer::new()];
    trace_compression_csrf_timeout: [
        TraceLayer::new_for_http(),
        CompressionLayer::new(),
        sessions(),
        CsrfLayer::new(),
        TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SECOND),
    ];
    everything_inside: [
        sessions(),
        CsrfLayer::new(),
        TraceLayer::new_for_http(),
        CompressionLayer::new(),
        CatchPanicLayer::new(),
        RequestBodyLimitLayer::new(MIB),
        TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SECOND),
    ];
    everything_outside: [
        TraceLayer::new_for_http(),
        CompressionLayer::new(),
        CatchPanicLayer::new(),
        RequestBodyLimitLayer::new(MIB),
        TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SECOND),
        sessions(),
    ];
    sessions_in_the_middle: [
        TraceLayer::new_for_http(), CompressionLayer::new(), sessions(), CompressionLayer::new(), CatchPanicLayer::new(),
    ];
}

async fn failed(_: BoxError) -> StatusCode {
    StatusCode::SERVICE_UNAVAILABLE
}

/// axum boxes each of these on its own, which asks for `Clone`, `Send`, `Sync` and an error that is none.
#[tokio::test]
async fn layers_of_a_router() {
    type Add = fn(Router) -> Router;
    let adds: [Add; 12] = [
        |app| app.layer(TraceLayer::new_for_http()),
        |app| app.layer(CompressionLayer::new()),
        |app| app.layer(DecompressionLayer::new()),
        |app| app.layer(RequestDecompressionLayer::new()),
        |app| app.layer(RequestBodyLimitLayer::new(MIB)),
        |app| app.layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SECOND)),
        |app| app.layer(RequestBodyTimeoutLayer::new(SECOND)),
        |app| app.layer(CatchPanicLayer::new()),
        |app| app.layer(CorsLayer::permissive()),
        |app| app.layer(from_fn(pass)),
        |app| app.layer((HandleErrorLayer::new(failed), tower::timeout::TimeoutLayer::new(SECOND))),
        |app| {
            app.layer(ServiceBuilder::new().layer(TraceLayer::new_for_http()).layer(CompressionLayer::new()))
        },
    ];
    for add in adds {
        visit(add(site().layer(sessions()))).await;
        visit(add(site().layer(CsrfLayer::new()).layer(sessions()))).await;
        visit(add(site().layer(CsrfLayer::new())).layer(sessions())).await;
        visit(add(site()).layer(CsrfLayer::new()).layer(sessions())).await;
        visit(add(site()).layer(sessions())).await;
        visit(site().layer(ServiceBuilder::new().layer(sessions())).route_layer(from_fn(pass))).await;
    }
    visit(site().route_layer(ServiceBuilder::new().layer(sessions()).layer(TraceLayer::new_for_http())))
        .await;
    visit(Router::new().nest("/in", Router::new()).merge(site()).layer(sessions())).await;
    visit(Router::new().fallback_service(site().layer(sessions()))).await;
}

#[tokio::test]
async fn other_services_inside() {
    let files = || ServeDir::new(env!("CARGO_MANIFEST_DIR"));
    let get = || Request::get("/Cargo.toml").body(Body::empty()).unwrap();
    let served = sessions().layer(files()).oneshot(get()).await.unwrap();
    assert_eq!(served.status(), StatusCode::OK);
    let app = site().fallback_service(files()).layer(sessions());
    assert_eq!(app.oneshot(get()).await.unwrap().status(), StatusCode::OK);
    let app = site().fallback_service(
        ServiceBuilder::new().layer(sessions()).layer(CompressionLayer::new()).service(files()),
    );
    assert_eq!(app.oneshot(get()).await.unwrap().status(), StatusCode::OK);
    let boxed = ServiceBuilder::new()
        .boxed_clone()
        .layer(sessions())
        .layer(TraceLayer::new_for_http())
        .service(site());
    visit(boxed).await;
    let plain = service_fn(async |_: Request| Ok::<_, String>(http::Response::new("plain".to_owned())));
    let answer = ServiceBuilder::new().layer(sessions()).service(plain).oneshot(get()).await.unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "plain");
}
