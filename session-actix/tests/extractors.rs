//! What handlers get of the session.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod common;

use std::{rc::Rc, time::Duration};

use actix_web::{
    HttpRequest,
    web::{self, get},
};
use common::serve;
use session_actix::{FreshSession, LazySession, MaybeSession, Owner, OwnerSessions, Session, SessionFailure};
use session_core::store::Operation;

async fn count(session: Session) -> Result<String, SessionFailure> {
    Ok(session
        .update("visits", |visits: &mut u32| {
            *visits += 1;
            *visits
        })?
        .to_string())
}

#[tokio::test]
async fn a_change_is_saved_with_the_response() {
    let served = serve(|sessions| sessions, |app| _ = app.route("/", get().to(count)));
    let browser = served.site.browser();
    browser.get("/").await.assert_status(200).assert_says("1").assert_started().assert_saved();
    let page = browser.get("/").await;
    page.assert_says("2").assert_saved().assert_cookie_kept();
    assert_eq!((page.header("vary"), page.header("cache-control")), (Some("cookie"), Some("no-store")));
}

#[tokio::test]
async fn a_session_that_nobody_asks_for_is_not_loaded() {
    async fn quiet(_session: LazySession) -> &'static str {
        "quiet"
    }
    let served = serve(
        |sessions| sessions,
        |app| _ = app.route("/", get().to(quiet)).route("/count", get().to(count)),
    );
    let browser = served.site.browser();
    browser.get("/count").await.assert_saved();
    served.site.faults().down();
    let page = browser.get("/").await;
    page.assert_status(200).assert_says("quiet").assert_not_saved();
    assert_eq!(page.header("vary"), None);
}

#[tokio::test]
async fn a_handler_may_hold_what_cannot_be_sent() {
    async fn page(session: Session, request: HttpRequest) -> Result<String, SessionFailure> {
        let path = Rc::new(request.path().to_owned());
        session.set("path", &*path)?;
        session.save().await?;
        web::block(|| ()).await.ok();
        Ok(format!("{path} {}", session.get::<String>("path")?.unwrap_or_default()))
    }
    let served = serve(|sessions| sessions, |app| _ = app.route("/x", get().to(page)));
    served.site.browser().get("/x").await.assert_says("/x /x").assert_saved();
}

#[tokio::test]
async fn all_extractors_of_a_request_are_one_session() {
    async fn page(
        one: Session,
        lazy: LazySession,
        MaybeSession(three): MaybeSession,
    ) -> Result<String, SessionFailure> {
        one.set("a", 1)?;
        lazy.load().await?.set("b", 2)?;
        three.ok_or(session_actix::FailureCause::MissingLayer).map(|three| three.set("c", 3)).ok();
        Ok(format!("{:?}", lazy.loaded().map(|session| session.keys().len())))
    }
    let served = serve(|sessions| sessions, |app| _ = app.route("/", get().to(page)));
    let browser = served.site.signed_in("ada").await;
    browser.get("/").await.assert_says("Some(3)").assert_holds("b", 2).assert_holds("c", 3);
}

#[tokio::test]
async fn a_session_that_may_be_missing_is_none_for_strangers() {
    async fn page(MaybeSession(session): MaybeSession) -> String {
        session.map_or("stranger".to_owned(), |session| format!("{:?}", session.owner()))
    }
    let served = serve(|sessions| sessions, |app| _ = app.route("/", get().to(page)));
    served.site.browser().get("/").await.assert_says("stranger").assert_stored_nothing();
    served.site.signed_in("ada").await.get("/").await.assert_says("ada");
}

#[tokio::test]
async fn a_failed_load_is_never_a_none() {
    async fn page(session: Option<Session>, owner: Option<Owner>) -> String {
        format!("{} {}", session.is_some(), owner.is_some())
    }
    let served = serve(|sessions| sessions, |app| _ = app.route("/", get().to(page)));
    let ada = served.site.signed_in("ada").await;
    ada.get("/").await.assert_says("true true");
    served.site.browser().get("/").await.assert_says("true false");
    served.site.faults().down();
    ada.get("/").await.assert_status(503).assert_does_not_say("false").assert_cookie_kept();
    served.site.faults().up();
    served.site.faults().fail_next(Operation::Load);
    // The second extractor has loaded it, but the handler was told that there is none.
    ada.get("/").await.assert_status(503).assert_does_not_say("false");
    ada.get("/").await.assert_status(200).assert_says("true true");
}

#[tokio::test]
async fn an_owner_has_the_type_of_the_application() {
    async fn page(Owner(user): Owner<u64>) -> String {
        format!("number {user}")
    }
    async fn perhaps(user: Option<Owner<u64>>) -> String {
        format!("{:?}", user.map(|Owner(user)| user))
    }
    let routes = |app: &mut web::ServiceConfig| {
        app.route("/", get().to(page)).route("/perhaps", get().to(perhaps));
    };
    let served = serve(|sessions| sessions, routes);
    let (ada, seven) = (served.site.signed_in("ada").await, served.site.signed_in("7").await);
    seven.get("/").await.assert_says("number 7");
    seven.get("/perhaps").await.assert_says("Some(7)");
    served.site.browser().get("/").await.assert_status(401).assert_says("Please sign in first.");
    served.site.browser().get("/perhaps").await.assert_status(200).assert_says("None");
    // A name that is no number is a mistake, and nobody is taken for a stranger because of it.
    ada.get("/").await.assert_status(500);
    ada.get("/perhaps").await.assert_status(500);
}

#[tokio::test]
async fn what_needs_a_fresh_sign_in_is_refused() {
    async fn page(FreshSession(session): FreshSession<300>) -> String {
        session.owner().unwrap_or_default()
    }
    let served = serve(|sessions| sessions, |app| _ = app.route("/", get().to(page)));
    served.site.signed_in("ada").await.get("/").await.assert_says("ada");
    let stale = served.site.signed_in("ada").ago(Duration::from_mins(6)).await;
    stale.get("/").await.assert_status(403);
    served.site.browser().get("/").await.assert_status(401);
}

#[tokio::test]
async fn a_handler_lists_and_ends_the_sessions_of_its_owner() {
    async fn devices(Owner(user): Owner, sessions: OwnerSessions) -> Result<String, SessionFailure> {
        Ok(sessions.of(&user).await?.len().to_string())
    }
    async fn end(session: Session) -> Result<String, SessionFailure> {
        Ok(session.end_others().await?.to_string())
    }
    let routes = |app: &mut web::ServiceConfig| {
        app.route("/", get().to(devices)).route("/end", get().to(end));
    };
    let served = serve(|sessions| sessions, routes);
    let (one, other) = (served.site.signed_in("ada").await, served.site.signed_in("ada").await);
    one.get("/").await.assert_says("2");
    one.get("/end").await.assert_says("1");
    other.get("/").await.assert_status(401);
    one.get("/").await.assert_says("1");
}

#[tokio::test]
async fn an_unreadable_session_can_be_forgotten() {
    async fn sign_out(session: LazySession) -> Result<String, SessionFailure> {
        Ok(session.forget().await?.to_string())
    }
    let served = serve(|sessions| sessions, |app| _ = app.route("/", get().to(sign_out)));
    let ada = served.site.signed_in("ada").await;
    let page = ada.get("/").await;
    page.assert_says("1").assert_cookie_removed().assert_ended();
    assert_eq!(page.header("vary"), Some("cookie"));
}

#[tokio::test]
async fn without_the_middleware_a_handler_is_not_called() {
    let served =
        serve(|sessions| sessions, |app| _ = app.route("/", get().to(async |_: Session<()>| "called")));
    served.site.browser().get("/").await.assert_status(500).assert_says("not set up completely");
}
