//! What a handler does with all sessions of an owner, and what it may demand of a sign-in.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on may panic")]

mod common;

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, Response, StatusCode, header::LOCATION},
    routing::{get, post},
};
use common::{Browser, ProbeStore};
use session_core::{SessionConfig, Timestamp, id::SessionHandle, store::OnFull};
use session_tower::{FreshSession, OwnerSessions, Session, SessionFailure, SessionLayer};

async fn sign_in(session: Session, Path(owner): Path<String>) -> Result<String, SessionFailure> {
    session.login(&owner)?;
    let evicted = session.save().await?.evicted;
    Ok(evicted.iter().map(SessionHandle::to_hex).collect::<Vec<_>>().join(" "))
}

/// The handles of the owner's sessions, the current one marked.
async fn devices(session: Session, sessions: OwnerSessions) -> Result<String, SessionFailure> {
    let owner = session.require_owner()?;
    let listed = sessions.of(&owner).await?;
    let line = |info: &session_core::session::SessionInfo| {
        format!("{}{}", info.handle.to_hex(), if info.is(&session) { "*" } else { "" })
    };
    Ok(listed.iter().map(line).collect::<Vec<_>>().join(" "))
}

async fn end(
    session: Session,
    sessions: OwnerSessions,
    Path(handle): Path<SessionHandle>,
) -> Result<String, SessionFailure> {
    let owner = session.require_owner()?;
    Ok(sessions.end(&owner, handle).await?.to_string())
}

fn routes() -> Router {
    Router::new()
        .route("/sign-in/{owner}", post(sign_in))
        .route("/whoami", get(async |session: Session| session.owner().unwrap_or_default()))
        .route("/devices", get(devices))
        .route("/end/{handle}", post(end))
        .route(
            "/end-others",
            post(async |session: Session| Ok::<_, SessionFailure>(session.end_others().await?.to_string())),
        )
        .route("/fresh", get(async |FreshSession(session): FreshSession<300>| session.owner().unwrap()))
        .route(
            "/strong",
            get(async |session: Session| {
                session.require_level(1)?;
                Ok::<_, SessionFailure>("strong")
            }),
        )
}

/// Browsers of a site, each signed in as the owner.
async fn signed_in<const N: usize>(app: &Router, owner: &str) -> [Browser; N] {
    let mut browsers = [const { None }; N];
    for browser in &mut browsers {
        let mut new = Browser::new(app);
        assert_eq!(new.post(&format!("/sign-in/{owner}"), "").await.status, StatusCode::OK);
        *browser = Some(new);
    }
    browsers.map(Option::unwrap)
}

async fn who(browser: &mut Browser) -> String {
    browser.get("/whoami").await.body
}

#[tokio::test]
async fn a_handler_lists_and_ends_the_sessions_of_its_owner() {
    let layer = SessionLayer::new(ProbeStore::default(), SessionConfig::default());
    let sessions = layer.sessions();
    let app = routes().layer(layer);
    let [mut phone, mut laptop, mut tablet] = signed_in(&app, "ada").await;
    let [mut bob] = signed_in(&app, "bob").await;

    let listed = laptop.get("/devices").await.body;
    let handles: Vec<_> = listed.split(' ').collect();
    assert_eq!([0, 1, 2].map(|at| handles[at].ends_with('*')), [false, true, false], "newest first");
    assert_eq!(bob.post(&format!("/end/{}", handles[0]), "").await.body, "false", "not his");
    assert_eq!(laptop.post(&format!("/end/{}", handles[0]), "").await.body, "true");
    assert_eq!(laptop.post("/end/5a5a5a5a", "").await.status, StatusCode::BAD_REQUEST);
    assert_eq!([who(&mut phone).await, who(&mut laptop).await, who(&mut tablet).await], ["ada", "ada", ""]);

    assert_eq!(phone.post("/end-others", "").await.body, "1");
    assert_eq!([who(&mut phone).await, who(&mut laptop).await, who(&mut bob).await], ["ada", "", "bob"]);
    assert_eq!(laptop.post("/end-others", "").await.status, StatusCode::UNAUTHORIZED, "nobody is signed in");

    // Outside of any request, such as when an account is closed.
    assert_eq!(sessions.end_all("ada").await.unwrap(), 1);
    assert_eq!([who(&mut phone).await, who(&mut bob).await], ["", "bob"]);
}

#[tokio::test]
async fn one_session_too_many_ends_the_oldest_or_is_refused_and_either_is_told() {
    let two = NonZeroU32::new(2).unwrap();
    let site = |on_full| {
        let config = SessionConfig::with(|settings| {
            settings.max_sessions = Some(two);
            settings.on_full = on_full;
        })
        .unwrap();
        routes().layer(SessionLayer::new(ProbeStore::default(), config))
    };
    let app = site(OnFull::EvictOldest);
    let [mut first, mut second] = signed_in(&app, "ada").await;
    let oldest = first.get("/devices").await.body;
    let oldest = oldest.split(' ').find_map(|handle| handle.strip_suffix('*')).unwrap().to_owned();
    let mut third = Browser::new(&app);
    assert_eq!(third.post("/sign-in/ada", "").await.body, oldest);
    assert_eq!([who(&mut first).await, who(&mut second).await, who(&mut third).await], ["", "ada", "ada"]);

    let app = site(OnFull::Refuse);
    let [mut first, mut second] = signed_in(&app, "ada").await;
    let mut third = Browser::new(&app);
    let page = third.post("/sign-in/ada", "").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("As many sessions are open"), "{}", page.body);
    assert_eq!([who(&mut first).await, who(&mut second).await, who(&mut third).await], ["ada", "ada", ""]);
    assert_eq!(
        first.post("/sign-in/ada", "").await.status,
        StatusCode::OK,
        "the same session again is not one more"
    );
}

#[tokio::test]
async fn what_needs_a_fresh_sign_in_is_refused_or_redirected() {
    let now = Arc::new(AtomicU64::new(1_000_000));
    let clock = Arc::clone(&now);
    let config =
        SessionConfig::with(|settings| settings.idle = std::time::Duration::from_secs(3600)).unwrap();
    let layer = SessionLayer::new(ProbeStore::default(), config)
        .clock(move || Timestamp::from_millis(clock.load(Ordering::SeqCst)));
    let redirecting = layer.clone().on_error(|failure, _| match failure.requires_sign_in() {
        true => {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::SEE_OTHER;
            response.headers_mut().insert(LOCATION, HeaderValue::from_static("/sign-in"));
            response
        }
        false => failure.to_response(),
    });
    let app = routes().layer(layer);

    let page = Browser::new(&app).get("/fresh").await;
    assert_eq!((page.status, page.body.as_str()), (StatusCode::UNAUTHORIZED, "Please sign in first."));
    let [mut ada] = signed_in(&app, "ada").await;
    assert_eq!(ada.get("/fresh").await.body, "ada");
    now.fetch_add(300_000, Ordering::SeqCst);
    assert_eq!(ada.get("/fresh").await.status, StatusCode::OK);
    now.fetch_add(1, Ordering::SeqCst);
    let page = ada.get("/fresh").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("sign in again"), "{}", page.body);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(ada.get("/strong").await.status, StatusCode::FORBIDDEN);
    ada.post("/sign-in/ada", "").await;
    assert_eq!(ada.get("/fresh").await.body, "ada");

    let page = Browser::new(&routes().layer(redirecting)).get("/fresh").await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, "/sign-in".to_owned()));
}
