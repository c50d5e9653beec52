//! What a guard demands, of which kind of session, and what becomes of those whom it does not let through.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    RequestExt as _, Router,
    body::Body,
    extract::Request,
    http::{Method, Response, StatusCode},
    routing::get,
};
use common::{Browser, Clock};
use session_core::session::Key;
use session_tower::{LazySession, Owner, RequireSignIn, ReturnTo, Session, SessionFailure};
use tower::{Layer as _, Service, ServiceExt as _};

const FRESH: Duration = Duration::from_secs(3);

struct Admin;

const NAVIGATE: &[(&str, &str)] = &[("sec-fetch-mode", "navigate")];

fn guarded<K: 'static>(path: &str, guard: RequireSignIn<K>) -> Router {
    Router::new().route(path, get(async || "inside")).route_layer(guard)
}

async fn sign_in(session: Session) -> Result<(), SessionFailure> {
    Ok(session.login("ada")?)
}

async fn elevate(session: Session) -> Result<(), SessionFailure> {
    Ok(session.elevate(1)?)
}

async fn admin_sign_in(session: Session<Admin>) -> Result<(), SessionFailure> {
    Ok(session.login("root")?)
}

async fn admin_elevate(session: Session<Admin>) -> Result<(), SessionFailure> {
    Ok(session.elevate(1)?)
}

fn app(clock: &Clock) -> Router {
    let strong = RequireSignIn::new();
    let admin = RequireSignIn::default().level(1).fresh(FRESH).kind::<Admin>();
    Router::new()
        .route("/sign-in", get(sign_in))
        .route("/elevate", get(elevate))
        .route("/admin-sign-in", get(admin_sign_in))
        .route("/admin-elevate", get(admin_elevate))
        .merge(guarded("/one", strong.level(1).fresh(FRESH)))
        .merge(guarded("/other", strong.fresh(FRESH).level(1)))
        .merge(guarded("/admin", admin))
        .layer(clock.layer(|_| ()))
        .layer(clock.layer(|settings| settings.cookie.name = "AdminSession".into()).kind::<Admin>())
}

#[tokio::test]
async fn a_level_and_a_fresh_sign_in_are_both_demanded_in_whatever_order_they_are_named() {
    let clock = Clock::default();
    let mut ada = Browser::new(&app(&clock));
    for path in ["/one", "/other"] {
        assert_eq!(ada.get(path).await.status, StatusCode::UNAUTHORIZED);
    }
    ada.get("/sign-in").await;
    for path in ["/one", "/other"] {
        assert_eq!(ada.get(path).await.status, StatusCode::FORBIDDEN, "{path}: the level is too low");
    }
    ada.get("/elevate").await;
    for path in ["/one", "/other"] {
        assert_eq!(ada.get(path).await.body, "inside");
    }
    clock.pass(4);
    for path in ["/one", "/other"] {
        assert_eq!(ada.get(path).await.status, StatusCode::FORBIDDEN, "{path}: it is too long ago");
    }
}

/// Sends the cookie of the administration alone.
async fn as_admin(app: &Router, cookie: &str, path: &str) -> (StatusCode, Option<String>) {
    let request = Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let cookies = response.headers().get_all("set-cookie").iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
    (response.status(), cookies.find(|cookie| cookie.starts_with("AdminSession=")))
}

#[tokio::test]
async fn a_guard_of_another_kind_demands_the_same_of_that_kind_alone() {
    let clock = Clock::default();
    let app = app(&clock);
    let mut customer = Browser::new(&app);
    customer.get("/sign-in").await;
    customer.get("/elevate").await;
    assert_eq!(customer.get("/one").await.body, "inside");
    assert_eq!(customer.get("/admin").await.status, StatusCode::UNAUTHORIZED);

    let (_, root) = as_admin(&app, "", "/admin-sign-in").await;
    assert_eq!(as_admin(&app, &root.clone().unwrap(), "/admin").await.0, StatusCode::FORBIDDEN);
    let (_, root) = as_admin(&app, &root.unwrap(), "/admin-elevate").await;
    assert_eq!(as_admin(&app, &root.clone().unwrap(), "/admin").await.0, StatusCode::OK);
    clock.pass(4);
    assert_eq!(as_admin(&app, &root.unwrap(), "/admin").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_guard_of_the_application_is_asked_about_whoever_is_signed_in() {
    const ROLE: Key<String> = Key::new("role");
    let admins = RequireSignIn::new().only(|session| Ok(session.get(ROLE)?.as_deref() == Some("admin")));
    let promote = async |session: Session| Ok::<_, SessionFailure>(session.set(ROLE, "admin".to_owned())?);
    let spoil = async |session: Session| Ok::<_, SessionFailure>(session.set("role", 7)?);
    let app = Router::new()
        .route("/sign-in", get(sign_in))
        .route("/promote", get(promote))
        .route("/spoil", get(spoil))
        .merge(guarded("/admin", admins.level(0)))
        .layer(Clock::default().layer(|_| ()).sign_in_page("/sign-in"));
    let mut ada = Browser::new(&app);
    ada.get("/promote").await;
    assert_eq!(ada.get("/admin").await.status, StatusCode::UNAUTHORIZED, "a role alone is not a sign-in");
    let mut bob = Browser::new(&app);
    bob.get("/sign-in").await;
    let page = bob.call(Method::GET, "/admin", NAVIGATE, "").await;
    assert_eq!(
        (page.status, page.header("location").as_str()),
        (StatusCode::FORBIDDEN, ""),
        "no way to sign in"
    );
    assert!(page.body.contains("you may not do this"), "{}", page.body);
    bob.get("/promote").await;
    assert_eq!(bob.get("/admin").await.body, "inside");
    bob.get("/spoil").await;
    assert_eq!(bob.get("/admin").await.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn a_guard_without_a_session_layer_lets_nobody_through() {
    let mut anybody = Browser::new(&guarded("/", RequireSignIn::new()));
    let page = anybody.get("/").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!page.body.contains("inside"));
}

/// A service that may be called only after it was ready, as those with a limit are.
#[derive(Default)]
struct Limited {
    is_ready: bool,
}

impl Clone for Limited {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Service<Request> for Limited {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request) -> Self::Future {
        assert!(self.is_ready, "a service was called that was not asked whether it is ready");
        self.is_ready = false;
        ready(Ok(Response::new(Body::from("inside"))))
    }
}

#[tokio::test]
async fn a_guard_calls_the_service_that_was_ready() {
    let mut service = RequireSignIn::new().layer(Limited::default());
    let layer = Clock::default().layer(|_| ());
    for _ in 0..2 {
        let mut request = Request::new(Body::empty());
        layer.place(&mut request);
        let session = LazySession::from_request(&request).unwrap().load().await.unwrap();
        session.login("ada").unwrap();
        let response = service.ready().await.unwrap().call(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_browser_is_sent_to_the_sign_in_page_whatever_on_error_does() {
    let layer = Clock::default().layer(|_| ()).sign_in_page("/sign-in").on_error(|failure, _| {
        let mut response = Response::new(Body::from("rendered"));
        *response.status_mut() = failure.status();
        response
    });
    let app = Router::new().route("/", get(async |Owner(id): Owner| id)).layer(layer);
    let mut ada = Browser::new(&app);
    let page = ada.call(Method::GET, "/", NAVIGATE, "").await;
    assert_eq!((page.status, page.header("location").as_str()), (StatusCode::SEE_OTHER, "/sign-in?next=%2F"));
    let page = ada.call(Method::HEAD, "/", NAVIGATE, "").await;
    assert_eq!((page.status, page.header("location").as_str()), (StatusCode::SEE_OTHER, "/sign-in?next=%2F"));
    let page = ada.get("/").await;
    assert_eq!((page.status, page.body.as_str()), (StatusCode::UNAUTHORIZED, "rendered"));
}

#[tokio::test]
async fn only_who_must_sign_in_is_sent_there() {
    let layer = Clock::default().layer(|_| ()).sign_in_page("/sign-in?lang=de");
    let spent = async |session: Session| session.tokens().claim("order", "x").map_err(SessionFailure::from);
    let app = Router::new()
        .route("/spent", get(spent))
        .route("/sign-in", get(async |Owner(id): Owner| id))
        .layer(layer);
    let mut ada = Browser::new(&app);
    for (path, status) in [
        ("/spent", StatusCode::CONFLICT),
        ("/sign-in", StatusCode::UNAUTHORIZED),
        ("/sign-in?lang=de", StatusCode::UNAUTHORIZED),
        ("/sign-in?next=%2Fa", StatusCode::UNAUTHORIZED),
    ] {
        let page = ada.call(Method::GET, path, NAVIGATE, "").await;
        assert_eq!((page.status, page.header("location").as_str()), (status, ""), "{path}");
    }
}

#[tokio::test]
async fn the_first_way_back_counts_and_its_query_is_judged_too() {
    let app = Router::new().route("/", get(async |back: ReturnTo| back.or("/home").to_owned()));
    let mut ada = Browser::new(&app);
    for (query, way) in [
        ("next=%2Fa&next=%2Fb", "/a"),
        ("other=%2Fa&next=%2Fb%3Fc%3Dd", "/b?c=d"),
        ("next=%2Fb%3Fc%3D%5Cd", "/home"),
        ("next=%2Fb%3Fc%3Dd%0a", "/home"),
        ("", "/home"),
    ] {
        assert_eq!(ada.get(&format!("/?{query}")).await.body, way, "{query}");
    }
}

#[tokio::test]
async fn a_session_that_the_request_has_begun_is_there() {
    let both = async |session: Session, mut request: Request| {
        session.set("theme", "dark")?;
        let optional = request.extract_parts::<Option<Session>>().await?;
        Ok::<_, SessionFailure>(optional.is_some().to_string())
    };
    let app = Router::new().route("/", get(both)).layer(Clock::default().layer(|_| ()));
    assert_eq!(Browser::new(&app).get("/").await.body, "true");
}

#[tokio::test]
async fn an_owner_of_another_type_is_an_error_and_not_an_absent_one() {
    let app = Router::new()
        .route("/sign-in", get(sign_in))
        .route("/maybe", get(async |owner: Option<Owner<u8>>| format!("{owner:?}")))
        .layer(Clock::default().layer(|_| ()));
    let mut ada = Browser::new(&app);
    assert_eq!(ada.get("/maybe").await.body, "None");
    ada.get("/sign-in").await;
    assert_eq!(ada.get("/maybe").await.status, StatusCode::INTERNAL_SERVER_ERROR);
}
