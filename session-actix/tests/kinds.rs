//! Two sessions in one request, and one middleware in two places.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod common;

use actix_web::web::{ServiceConfig, get, scope};
use common::serve;
use session_actix::{CsrfToken, Session, SessionFailure, SessionMiddleware};
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
async fn one_middleware_in_two_places_is_one_session() {
    async fn page(session: Session, token: CsrfToken) -> Result<String, SessionFailure> {
        session.set("a", 1)?;
        Ok(token.text()?.as_str().len().to_string())
    }
    let site = session_testing::Site::without_app(SessionConfig::default());
    let sessions = SessionMiddleware::from_sessions(site.sessions());
    let again = sessions.clone();
    let served = common::serve_site(site, sessions, move |app: &mut ServiceConfig| {
        app.service(scope("").wrap(again.clone()).route("/", get().to(page)));
    });
    let page = served.site.browser().get("/").await;
    page.assert_started().assert_holds("a", 1);
    served.site.faults().fail_next(Operation::Create);
    served.site.browser().get("/").await.assert_status(503);
    served.site.browser().get("/").await.assert_status(200);
}
