//! Two sessions in one request, and one layer in two places.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use axum::{
    Router,
    body::Body,
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
    routing::{get, post},
};
use common::{Browser, ProbeStore, log};
use http::header::{COOKIE, SET_COOKIE};
use session_core::SessionConfig;
use session_tower::{FreshSession, LazySession, OwnerSessions, Session, SessionFailure, SessionLayer};
use tower::ServiceExt as _;

type Text = Result<String, SessionFailure>;

struct Admin;

fn named(store: &ProbeStore, cookie: &str) -> SessionLayer {
    let config = SessionConfig::with(|settings| settings.cookie.name = cookie.into()).unwrap();
    SessionLayer::new(store.clone(), config)
}

/// Sends the cookies, and returns those that are set and the body.
async fn send(app: &Router, path: &str, cookies: &str) -> (Vec<String>, String) {
    log::capture();
    let request = Request::get(path).header(COOKIE, cookies).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let set = response.headers().get_all(SET_COOKIE).iter();
    let set = set.map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
    let body = axum::body::to_bytes(response.into_body(), 9999).await.unwrap();
    (set, String::from_utf8(body.into()).unwrap())
}

#[tokio::test]
async fn a_shop_and_its_administration_have_a_session_each() {
    let store = ProbeStore::default();
    let admin = named(&store, "Admin").kind::<Admin>();
    let both = async |shop: Session, admin: Session<Admin>| -> Text {
        let both = (shop.get::<u32>("n")?, admin.get::<u32>("n")?, shop.owner(), admin.owner());
        Ok(format!("{both:?}"))
    };
    let lazy = async |request: Request| -> Text {
        let admin: LazySession<Admin> = LazySession::of_kind(&request)?;
        Ok(format!("{:?}", admin.load().await?.owner()))
    };
    let app = Router::new()
        .route(
            "/shop",
            get(async |session: Session| -> Text { Ok(session.set("n", 1).map(|()| "set".into())?) }),
        )
        .route(
            "/admin",
            get(async |session: Session<Admin>| -> Text {
                session.set("n", 2)?;
                session.login("root")?;
                Ok("signed in".into())
            }),
        )
        .route("/both", get(both))
        .route("/lazy", get(lazy))
        .route("/fresh", get(async |_: FreshSession<300, Admin>| "fresh"))
        .route(
            "/devices",
            get(async |of: OwnerSessions<Admin>| -> Text { Ok(of.of("root").await?.len().to_string()) }),
        )
        .layer(named(&store, "Shop"))
        .layer(admin.clone());
    let (shop, _) = send(&app, "/shop", "").await;
    assert!(shop.len() == 1 && shop[0].starts_with("Shop="), "only what was used gets a cookie");
    let (admin, _) = send(&app, "/admin", &shop[0]).await;
    assert!(admin.len() == 1 && admin[0].starts_with("Admin="));
    let cookies = format!("{}; {}", shop[0], admin[0]);
    store.calls();
    assert_eq!(
        send(&app, "/both", &cookies).await,
        (vec![], r#"(Some(1), Some(2), None, Some("root"))"#.into())
    );
    assert_eq!(store.calls(), (2, 0));
    assert_eq!(send(&app, "/lazy", &cookies).await.1, r#"Some("root")"#);
    assert_eq!(send(&app, "/fresh", &cookies).await.1, "fresh");
    assert_eq!(send(&app, "/fresh", &shop[0]).await.1, "Please sign in first.");
    assert_eq!(send(&app, "/devices", "").await.1, "1");
    // Each is saved even if the other one's layer is between it and the handler.
    let change = async |shop: Session, admin: Session<Admin>| -> Text {
        shop.set("n", 10)?;
        admin.set("n", 20)?;
        Ok(String::new())
    };
    let app = app.merge(
        Router::new()
            .route("/change", post(change).get(change))
            .layer(named(&store, "Admin").kind::<Admin>())
            .layer(named(&store, "Shop")),
    );
    send(&app, "/change", &cookies).await;
    assert!(send(&app, "/both", &cookies).await.1.starts_with("(Some(10), Some(20)"));
}

#[tokio::test]
async fn a_failure_is_rendered_once_and_discards_the_changes_of_both() {
    let store = ProbeStore::default();
    let fail = async |shop: Session, admin: Session<Admin>| -> Text {
        shop.set("n", 1)?;
        admin.set("n", 1)?;
        Err(session_core::SessionError::Gone.into())
    };
    let app = Router::new()
        .route("/", get(fail))
        .layer(named(&store, "Admin").kind::<Admin>().on_error(|_, _| "inner"))
        .layer(named(&store, "Shop").on_error(|_, _| "outer"));
    assert_eq!(send(&app, "/", "").await, (vec![], "inner".into()));
    assert_eq!(store.len(), 0);
}

/// What a middleware between two layers does.
async fn greet(session: Session, request: Request, next: Next) -> Result<Response, SessionFailure> {
    session.set("seen", true)?;
    Ok(next.run(request).await)
}

async fn count(session: Session) -> Text {
    session.set("n", session.get::<u32>("n")?.unwrap_or(0) + 1)?;
    Ok(format!("{:?} {:?}", session.get::<bool>("seen")?, session.get::<u32>("n")?))
}

async fn sign_in(session: Session) -> Text {
    session.login("ada")?;
    Ok("ada".into())
}

#[tokio::test]
async fn the_same_layer_twice_is_one_session() {
    let store = ProbeStore::default();
    let sessions = SessionLayer::new(store.clone(), SessionConfig::default());
    let inside =
        || Router::new().route("/", get(count)).route("/sign-in", get(sign_in)).layer(sessions.clone());
    let apps = [
        inside().layer(from_fn(greet)).layer(sessions.clone()),
        Router::new().nest("/in", inside()).merge(inside()).layer(from_fn(greet)).layer(sessions.clone()),
        inside().layer(sessions.clone()).layer(from_fn(greet)).layer(sessions.clone()),
    ];
    for app in apps {
        let (before, mut ada) = (store.len(), Browser::new(&app));
        let page = ada.get("/").await;
        assert_eq!(
            (page.body.as_str(), page.headers.get_all(SET_COOKIE).iter().count()),
            ("Some(true) Some(1)", 1)
        );
        assert_eq!(store.len() - before, 1);
        assert_eq!(ada.get("/sign-in").await.body, "ada");
        assert_eq!(ada.get("/").await.body, "Some(true) Some(2)");
    }
    assert!(!log::contains("kind::Main"), "nothing is wrong with it");
}

struct Mistaken;

#[tokio::test]
async fn another_layer_inside_wins_and_the_log_says_how_to_mend_it_once() {
    let store = ProbeStore::default();
    let write = async |session: Session<Mistaken>| -> Text {
        session.set("n", 1)?;
        Ok("written".into())
    };
    let app = Router::new()
        .route("/", get(write))
        .layer(named(&store, "Inner").kind::<Mistaken>())
        .layer(named(&store, "Outer").kind::<Mistaken>());
    for _ in 0..2 {
        let (set, body) = send(&app, "/", "").await;
        assert!(body == "written" && set.len() == 1 && set[0].starts_with("Inner="), "{set:?}");
    }
    assert_eq!(log::count("Mistaken"), 1);
}
