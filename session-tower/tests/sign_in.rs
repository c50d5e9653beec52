//! Who is signed in: extractors, guards, the way to the sign-in page and back, and errors that are part of an application's own.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::{error::Error, fmt, num::ParseIntError, str::FromStr, time::Duration};

use axum::{
    Router,
    extract::Path,
    http::{Method, StatusCode},
    response::{Html, IntoResponse, Redirect},
    routing::{get, post},
};
use common::{Browser, Clock, browser::Page};
use session_core::{SessionError, session::SignInRequired};
use session_tower::{
    AnyError, FailureCause, FreshSession, Owner, OwnerSessions, RequireSignIn, ReturnTo, Session,
    SessionFailure,
};

/// The id of an owner.
#[derive(Debug, Clone, Copy, PartialEq)]
struct UserId(u64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "u{}", self.0)
    }
}

impl FromStr for UserId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.trim_start_matches('u').parse().map(Self)
    }
}

#[derive(Debug, thiserror::Error)]
enum AppError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("there is no such thing")]
    Io(#[from] std::io::Error),
}

impl IntoResponse for AppError {
    fn into_response(self) -> axum::response::Response {
        match self {
            Self::Session(error) => SessionFailure::from(error).into_response(),
            Self::Io(_) => StatusCode::NOT_FOUND.into_response(),
        }
    }
}

async fn own_error(session: Session, sessions: OwnerSessions) -> Result<&'static str, AppError> {
    session.set("paid", true)?;
    sessions.of("ada").await?;
    session.save().await?;
    session.set("paid", false)?;
    std::fs::read(std::env::current_exe()?)?;
    session.require_owner()?;
    Ok("signed in")
}

fn app(clock: &Clock) -> Router {
    let guarded = Router::new()
        .route("/guarded", get(async || "guarded"))
        .route("/count", get(async |session: Session| Ok::<_, AppError>(session.set("n", 1)?)))
        .route_layer(RequireSignIn::new());
    let fresh = Router::new()
        .route("/fresh", get(async || "fresh"))
        .route_layer(RequireSignIn::new().fresh(Duration::from_secs(3)));
    let strong =
        Router::new().route("/strong", get(async || "strong")).route_layer(RequireSignIn::new().level(1));
    Router::new()
        .route("/me", get(async |Owner(id): Owner<UserId>| format!("{id:?}")))
        .route("/text", get(async |Owner(id): Owner| id))
        .route("/number", get(async |Owner(id): Owner<i8>| id.to_string()))
        .route("/maybe", get(async |owner: Option<Owner<UserId>>| format!("{owner:?}")))
        .route("/session", get(async |session: Option<Session>| session.is_some().to_string()))
        .route("/delete", get(async |_: FreshSession<3>| "deleted"))
        .route("/own-error", get(own_error))
        .route(
            "/paid",
            get(async |session: Session| Ok::<_, AppError>(format!("{:?}", session.get::<bool>("paid")?))),
        )
        .route("/elevate", post(async |session: Session| Ok::<_, AppError>(session.elevate(1)?)))
        .route(
            "/sign-in",
            get(async |Owner(id): Owner| Html(id)).post(async |session: Session, back: ReturnTo| {
                session.login(UserId(7))?;
                Ok::<_, AppError>(Redirect::to(back.or("/")))
            }),
        )
        .merge(guarded)
        .merge(fresh)
        .merge(strong)
        .layer(clock.layer(|_| ()).sign_in_page("/sign-in"))
}

const NAVIGATE: &[(&str, &str)] = &[("sec-fetch-mode", "navigate"), ("accept", "text/html")];

async fn visit(browser: &mut Browser, path: &str) -> Page {
    browser.call(Method::GET, path, NAVIGATE, "").await
}

#[tokio::test]
async fn a_page_leads_to_the_sign_in_and_back_and_a_program_gets_a_401() {
    let mut ada = Browser::new(&app(&Clock::default()));
    for (path, way) in [
        ("/me?tab=a%26b", "/sign-in?next=%2Fme%3Ftab%3Da%2526b"),
        ("/guarded", "/sign-in?next=%2Fguarded"),
        ("/fresh", "/sign-in?next=%2Ffresh"),
        ("/delete", "/sign-in?next=%2Fdelete"),
    ] {
        let page = visit(&mut ada, path).await;
        assert_eq!((page.status, page.header("location").as_str()), (StatusCode::SEE_OTHER, way));
        for headers in [
            &[("sec-fetch-mode", "cors"), ("accept", "text/html")][..],
            &[("accept", "application/json")],
            &[("accept", "text/html"), ("x-requested-with", "XMLHttpRequest")],
            &[],
        ] {
            let page = ada.call(Method::GET, path, headers, "").await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path} {headers:?}");
            assert_eq!(
                (page.header("www-authenticate").as_str(), page.header("location").as_str()),
                ("Cookie", "")
            );
        }
        assert!(ada.cookie.is_none());
    }
    // An old browser.
    let page = ada.call(Method::GET, "/me", &[("accept", "text/html,*/*")], "").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    // There is no way back to a form that was sent.
    let page = ada.call(Method::POST, "/elevate", NAVIGATE, "").await;
    assert_eq!((page.status, page.header("location").as_str()), (StatusCode::SEE_OTHER, "/sign-in"));
    // A sign-in page that asks for a sign-in leads nowhere.
    assert_eq!(visit(&mut ada, "/sign-in").await.status, StatusCode::UNAUTHORIZED);

    let page = ada.post("/sign-in?next=%2Fme%3Ftab%3D1", "").await;
    assert_eq!(page.header("location"), "/me?tab=1");
    assert_eq!(visit(&mut ada, "/me?tab=1").await.body, "UserId(7)");
    assert_eq!(visit(&mut ada, "/guarded").await.body, "guarded");
    assert_eq!(ada.get("/text").await.body, "u7");
}

#[tokio::test]
async fn no_way_back_leads_elsewhere() {
    let mut ada = Browser::new(&app(&Clock::default()));
    for next in [
        "",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "%2F%2Fevil.example",
        "/%255Cevil.example",
        "/%2509/evil.example",
        "/%0d%0aSet-Cookie:a=b",
        "%5Cevil.example",
        "/.//evil.example",
        "cart",
    ] {
        let page = ada.post(&format!("/sign-in?next={}", next.replace('\\', "%5C")), "").await;
        assert_eq!((page.status, page.header("location").as_str()), (StatusCode::SEE_OTHER, "/"), "{next}");
    }
    // The path of the request itself may look like another site.
    let sessions = Clock::default().layer(|_| ()).sign_in_page("/sign-in?lang=de");
    let any = Router::new().fallback(async |Owner(id): Owner| id).layer(sessions);
    for (path, way) in [
        ("//evil.example/", "/sign-in?lang=de"),
        ("/%2fevil.example", "/sign-in?lang=de"),
        ("/a", "/sign-in?lang=de&next=%2Fa"),
    ] {
        assert_eq!(visit(&mut Browser::new(&any), path).await.header("location"), way);
    }
}

#[tokio::test]
async fn a_guard_asks_for_a_fresh_and_a_strong_sign_in() {
    let clock = Clock::default();
    let mut ada = Browser::new(&app(&clock));
    ada.post("/sign-in", "").await;
    assert_eq!(ada.get("/fresh").await.body, "fresh");
    assert_eq!(ada.get("/strong").await.status, StatusCode::FORBIDDEN);
    ada.post("/elevate", "").await;
    assert_eq!(ada.get("/strong").await.body, "strong");
    clock.pass(4);
    assert_eq!(ada.get("/guarded").await.body, "guarded");
    assert_eq!(ada.get("/fresh").await.status, StatusCode::FORBIDDEN);
    assert_eq!(visit(&mut ada, "/fresh").await.header("location"), "/sign-in?next=%2Ffresh");
}

#[tokio::test]
async fn an_owner_has_the_type_of_the_application_and_an_absent_one_is_none() {
    let app = app(&Clock::default());
    let mut ada = Browser::new(&app);
    assert_eq!(ada.get("/maybe").await.body, "None");
    assert_eq!(ada.get("/session").await.body, "false");
    ada.post("/sign-in", "").await;
    assert_eq!(ada.get("/maybe").await.body, "Some(Owner(UserId(7)))");
    assert_eq!(ada.get("/session").await.body, "true");
    assert_eq!(ada.get("/number").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(common::log::last("signed-in owner is not a").contains("i8"));
    assert_eq!(ada.get("/me").await.body, "UserId(7)", "nobody is signed out by it");
    let bare = Router::new().route("/", get(async |session: Option<Session>| session.is_some().to_string()));
    assert_eq!(Browser::new(&bare).get("/").await.body, "false");
}

#[tokio::test]
async fn every_error_is_one_of_the_applications_and_takes_back_what_was_not_saved() {
    let mut ada = Browser::new(&app(&Clock::default()));
    let page = ada.get("/own-error").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{}", page.body);
    assert_eq!(ada.get("/paid").await.body, "Some(true)");
    let made = [SessionError::TokenSpent, SessionError::Gone, SignInRequired::Stale.into()];
    let statuses = made.map(|error| AppError::from(error).into_response().status());
    assert_eq!(statuses, [StatusCode::CONFLICT, StatusCode::CONFLICT, StatusCode::FORBIDDEN]);
}

/// What an application adds to an error, as `anyhow::Context` does.
#[derive(Debug, thiserror::Error)]
#[error("the cart cannot be shown")]
struct Cart(#[source] Box<dyn Error + Send + Sync>);

#[test]
fn a_boxed_error_is_found_again_also_below_others() {
    for (error, status) in [
        (Box::from(not_signed_in()), 401),
        (Box::from(SessionError::Gone), 409),
        (Box::from(SessionFailure::from(SessionError::TokenSpent)), 409),
        (Box::from(Cart(Box::from(Cart(Box::from(not_signed_in()))))), 401),
    ] {
        let error: Box<dyn Error + Send + Sync> = error;
        assert_eq!(SessionFailure::find(&*error).unwrap().status(), status);
    }
    assert!(SessionFailure::find(&Cart("another".into())).is_none());
}

async fn any_error(session: Session, Path(what): Path<String>) -> Result<&'static str, AnyError> {
    session.set("changed", true)?;
    match what.as_str() {
        "session" => session.tokens().claim("order", "x")?,
        "below" => Err(Cart(Box::from(not_signed_in())))?,
        "failure" => Err(SessionFailure::from(not_signed_in()))?,
        "number" => drop("x".parse::<u8>()?),
        "text" => Err("no such thing")?,
        _ => {}
    }
    Ok("done")
}

fn not_signed_in() -> SessionError {
    SignInRequired::NotSignedIn.into()
}

#[tokio::test]
async fn any_error_knows_its_response_and_nothing_is_saved_with_it() {
    let routes = Router::new().route(
        "/changed",
        get(async |session: Session| Ok::<_, AnyError>(session.contains("changed").to_string())),
    );
    let routes = routes.route("/do/{what}", get(any_error));
    let plain = routes.clone().layer(Clock::default().layer(|_| ()));
    let rendered =
        routes.layer(Clock::default().layer(|_| ()).on_error(|failure, _| match failure.cause() {
            FailureCause::Other(error) if error.is::<ParseIntError>() => (StatusCode::NOT_FOUND, "no number"),
            _ => (failure.status(), "rendered"),
        }));
    let [mut ada, mut bob] = [Browser::new(&plain), Browser::new(&rendered)];
    for (what, status, own) in [
        ("session", StatusCode::CONFLICT, (StatusCode::CONFLICT, "rendered")),
        ("below", StatusCode::UNAUTHORIZED, (StatusCode::UNAUTHORIZED, "rendered")),
        ("failure", StatusCode::UNAUTHORIZED, (StatusCode::UNAUTHORIZED, "rendered")),
        ("number", StatusCode::INTERNAL_SERVER_ERROR, (StatusCode::NOT_FOUND, "no number")),
        ("text", StatusCode::INTERNAL_SERVER_ERROR, (StatusCode::INTERNAL_SERVER_ERROR, "rendered")),
    ] {
        let page = ada.get(&format!("/do/{what}")).await;
        assert_eq!(page.status, status, "{what}");
        assert!(
            !page.body.contains("digit") && !page.body.contains("such"),
            "it is for the log: {}",
            page.body
        );
        let page = bob.get(&format!("/do/{what}")).await;
        assert_eq!((page.status, page.body.as_str()), own, "{what}");
        for browser in [&mut ada, &mut bob] {
            assert_eq!(browser.get("/changed").await.body, "false", "{what}");
        }
    }
    assert!(common::log::last("request failed").contains("no such thing"));
    assert_eq!(ada.get("/do/nothing").await.body, "done");
    assert_eq!(ada.get("/changed").await.body, "true");
}
