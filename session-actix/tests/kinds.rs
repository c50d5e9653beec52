//! Two sessions in one request, and one middleware in two places.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod common;

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{RequestHead, ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
    web::{ServiceConfig, get, scope},
};
use common::serve;
use session_actix::{LazySession, Session, SessionFailure, SessionMiddleware};
use session_core::{SessionConfig, store::Operation};
use session_memory::MemoryStore;

struct Admin;

async fn both(shop: Session, admin: Session<Admin>) -> Result<String, SessionFailure> {
    shop.set("a", 1)?;
    admin.set("b", 2)?;
    Ok(format!("{:?} {:?}", shop.get::<u8>("b")?, admin.get::<u8>("a")?))
}

#[tokio::test]
async fn two_kinds_are_two_cookies() {
    let config = SessionConfig::with(|settings| settings.cookie.name = "AdminSession".into()).unwrap();
    let admin = SessionMiddleware::new(MemoryStore::new(), config).kind::<Admin>();
    let routes = move |app: &mut ServiceConfig| {
        app.service(scope("").wrap(admin.clone()).route("/", get().to(both)));
    };
    let served = serve(|sessions| sessions, routes);
    let browser = served.site.browser();
    browser.get("/").await.assert_says("None None").assert_holds("a", 1).assert_lacks("b");
    assert!(browser.cookie("AdminSession").is_some() && browser.cookie("AloSession").is_some());
}

#[tokio::test]
async fn a_failure_is_rendered_once() {
    let named = |name: &'static str| {
        move |failure: &SessionFailure, _: &RequestHead| HttpResponse::build(failure.status()).body(name)
    };
    let config = SessionConfig::with(|settings| settings.cookie.name = "AdminSession".into()).unwrap();
    let admin = SessionMiddleware::new(MemoryStore::new(), config).kind::<Admin>().on_error(named("inner"));
    let routes = move |app: &mut ServiceConfig| {
        async fn page(admin: Session<Admin>) -> Result<String, SessionFailure> {
            Ok(admin.require_owner()?)
        }
        app.service(scope("").wrap(admin.clone()).route("/", get().to(page)));
    };
    let served = serve(|sessions| sessions.on_error(named("outer")), routes);
    served.site.browser().get("/").await.assert_status(401).assert_says("inner");
}

#[tokio::test]
async fn one_middleware_in_two_places_is_one_session() {
    /// Stands between the two.
    async fn between(
        session: LazySession,
        request: ServiceRequest,
        next: Next<impl MessageBody>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        session.load().await.unwrap().set("b", 2).unwrap();
        next.call(request).await
    }
    async fn page(session: Session) -> Result<String, SessionFailure> {
        session.set("a", 1)?;
        Ok(format!("{:?}", session.get::<u8>("b")?))
    }
    let site = session_testing::Site::without_app(SessionConfig::default());
    let sessions = SessionMiddleware::from_sessions(site.sessions());
    let again = sessions.clone();
    let served = common::serve_site(site, sessions, move |app: &mut ServiceConfig| {
        let page = scope("").wrap(again.clone()).route("/", get().to(page));
        app.service(scope("").wrap(from_fn(between)).service(page));
    });
    let page = served.site.browser().get("/").await;
    page.assert_says("Some(2)").assert_started().assert_holds("a", 1).assert_holds("b", 2);
    served.site.faults().fail_next(Operation::Create);
    served.site.browser().get("/").await.assert_status(503);
}
