//! What the functions and settings of the middleware change.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod common;

use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{ServiceConfig, get, post},
};
use common::{Served, serve, serve_with};
use session_actix::{CachePolicy, Owner, Session, SessionFailure, SessionMiddleware};
use session_core::{
    SessionConfig, Timestamp,
    config::FingerprintProperty,
    observe::{Event, observer},
};

async fn sign_in(session: Session) -> Result<&'static str, SessionFailure> {
    session.login("ada")?;
    Ok("in")
}

async fn who(session: Session) -> String {
    format!("who: {:?}", session.owner())
}

async fn not_found(session: Session) -> Result<HttpResponse, SessionFailure> {
    session.set("seen", 404)?;
    Ok(HttpResponse::NotFound().body("nothing here"))
}

fn routes(app: &mut ServiceConfig) {
    app.route("/sign-in", post().to(sign_in)).route("/who", get().to(who)).route("/poll", get().to(who));
    app.route("/none", get().to(not_found));
}

fn site(change: impl FnOnce(SessionMiddleware) -> SessionMiddleware) -> Served {
    serve(change, routes)
}

#[tokio::test]
async fn the_cookie_is_chosen_for_each_request() {
    let served = site(|sessions| {
        sessions.cookie(|request, cookie| cookie.secure = request.headers().contains_key("x-tls"))
    });
    let cookie = async |header| {
        let page = served.site.browser().post("/sign-in").header(header, "1").await;
        page.header("set-cookie").unwrap().to_owned()
    };
    assert!(cookie("x-tls").await.contains("; Secure"));
    assert!(!cookie("x-other").await.contains("; Secure"));
}

#[tokio::test]
async fn a_poll_keeps_no_session_alive() {
    let served = site(|sessions| sessions.passive_when(|request| request.path() == "/poll"));
    for (path, lives) in [("/poll", false), ("/who", true)] {
        let ada = served.site.signed_in("ada").await;
        for _ in 0..3 {
            served.site.later(Duration::from_mins(2));
            ada.get(path).await.assert_status(200);
        }
        let said = ada.get("/who").await.text();
        assert_eq!(said.contains("ada"), lives, "{path}: {said}");
    }
}

#[tokio::test]
async fn a_session_is_bound_to_the_network_that_the_application_finds() {
    let config = SessionConfig::with(|settings| {
        settings.fingerprint.properties = [FingerprintProperty::Network].into();
    });
    let find = |sessions: SessionMiddleware| {
        sessions.network(|request| request.headers().get("x-client")?.to_str().ok()?.parse().ok())
    };
    let served = serve_with(config.unwrap(), find, routes);
    let browser = served.site.browser();
    browser.post("/sign-in").header("x-client", "192.0.2.1").await.assert_status(200);
    browser.get("/who").header("x-client", "192.0.2.1").await.assert_says("ada");
    browser.get("/who").header("x-client", "198.51.100.1").await.assert_does_not_say("ada");
}

#[tokio::test]
async fn what_is_saved_is_chosen_by_the_response() {
    let served = site(|sessions| sessions);
    served.site.browser().get("/none").await.assert_status(404).assert_holds("seen", 404);
    let served = site(|sessions| sessions.save_when(|response| response.status.is_success()));
    served.site.browser().get("/none").await.assert_status(404).assert_stored_nothing();
}

#[tokio::test]
async fn what_caches_may_keep_is_chosen() {
    let served = site(|sessions| sessions.cache(CachePolicy::Private));
    let page = served.site.browser().get("/who").await;
    assert_eq!((page.header("cache-control"), page.header("vary")), (Some("private"), Some("cookie")));
}

#[tokio::test]
async fn an_observer_is_told() {
    let (observer, events) = observer(16);
    let served = site(|sessions| sessions.observe(observer));
    served.site.browser().post("/sign-in").await.assert_signed_in("ada");
    let signed_in =
        events.into_iter().find(|event| matches!(event, Event::LoggedIn { owner, .. } if owner == "ada"));
    assert!(signed_in.is_some());
}

#[tokio::test]
async fn a_job_ends_the_sessions_of_an_owner() {
    let mut owners = None;
    let served = site(|sessions| {
        owners = Some(sessions.sessions());
        sessions
    });
    let ada = served.site.signed_in("ada").await;
    assert_eq!(owners.unwrap().end_all("ada").await.unwrap(), 1);
    ada.get("/who").await.assert_says("None");
}

#[tokio::test]
async fn the_clock_is_that_of_the_application() {
    async fn now(session: Session, _owner: Option<Owner>) -> String {
        session.now().as_millis().to_string()
    }
    let clock = |sessions: SessionMiddleware| sessions.clock(|| Timestamp::from_millis(1_800_000_000_000));
    let served = serve(clock, |app| _ = app.route("/", get().to(now)));
    served.site.browser().get("/").await.assert_says("1800000000000");
}
