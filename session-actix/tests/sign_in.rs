//! The guard, the way to the sign-in page, and back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod common;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use actix_web::{
    Responder,
    web::{Redirect, ServiceConfig, get, post, resource, scope},
};
use common::{Served, serve};
use session_actix::{CsrfMiddleware, CsrfToken, Owner, RequireSignIn, ReturnTo, Session, SessionFailure};

async fn sign_in(session: Session, back: ReturnTo) -> Result<impl Responder, SessionFailure> {
    session.login("ada")?;
    Ok(Redirect::to(back.or("/").to_owned()).see_other())
}

async fn name(Owner(name): Owner) -> String {
    name
}

fn site() -> Served {
    let routes = |app: &mut ServiceConfig| {
        let danger = RequireSignIn::new().level(1).fresh(Duration::from_mins(5));
        app.route("/sign-in", get().to(async || "a form")).route("/sign-in", post().to(sign_in));
        app.route("/name", get().to(name));
        app.service(
            scope("/account").wrap(RequireSignIn::new()).route("/orders", get().to(async || "orders")),
        );
        app.service(resource("/danger").wrap(danger).route(get().to(async || "danger")));
        let root = RequireSignIn::new().only(|session| Ok(session.owner().as_deref() == Some("root")));
        app.service(resource("/root").wrap(root).route(get().to(async || "root alone")));
    };
    serve(|sessions| sessions.sign_in_page("/sign-in"), routes)
}

#[tokio::test]
async fn a_browser_is_led_to_the_sign_in_page_and_back() {
    let served = site();
    let browser = served.site.browser();
    for path in ["/account/orders?page=2", "/name?page=2"] {
        let page = browser.get(path).header("sec-fetch-mode", "navigate").await;
        page.assert_status(303).assert_stored_nothing();
        let encoded = path.replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
        page.assert_redirects_to(&format!("/sign-in?next={encoded}"));
    }
    let page = browser.post("/sign-in?next=%2Faccount%2Forders").await;
    page.assert_redirects_to("/account/orders").assert_signed_in("ada");
    browser.get("/account/orders").await.assert_says("orders");
    let page = served.site.browser().post("/sign-in?next=%2F%2Fevil.example").await;
    page.assert_redirects_to("/");
}

/// Two forms.
async fn forms(token: CsrfToken) -> Result<String, SessionFailure> {
    let field = token.input()?;
    let form = |action: &str| format!("<form method=post action={action}>{field}</form>");
    Ok(form("/account/name") + &form("/mine"))
}

#[tokio::test]
async fn a_form_whose_owner_is_signed_out_leads_to_the_sign_in_page_as_a_page_does() {
    static CARRIED_OUT: AtomicUsize = AtomicUsize::new(0);
    let count = async || CARRIED_OUT.fetch_add(1, Ordering::SeqCst).to_string();
    let routes = move |app: &mut ServiceConfig| {
        let account = scope("/account").wrap(RequireSignIn::new()).route("/name", post().to(count));
        let mine = post().to(move |_: Owner| count());
        let all = scope("").wrap(CsrfMiddleware::new()).route("/forms", get().to(forms)).route("/mine", mine);
        app.service(all.service(account));
    };
    let served = serve(|sessions| sessions.sign_in_page("/sign-in"), routes);
    let ada = served.site.signed_in("ada").await;
    let page = ada.get("/forms").await;
    for path in ["/account/name", "/mine"] {
        page.submit(path, &[]).await.assert_status(200);
    }
    served.site.later(Duration::from_hours(1));
    let token = page.csrf_token().unwrap();
    for path in ["/account/name", "/mine"] {
        page.submit(path, &[])
            .await
            .assert_status(303)
            .assert_redirects_to("/sign-in")
            .assert_stored_nothing();
        page.fetch("POST".parse().unwrap(), path)
            .await
            .assert_status(401)
            .assert_says("Please sign in first.");
        let foreign = ada.post(path).form(&[("_csrf", &token)]).from("https://evil.example");
        foreign.await.assert_status(403);
    }
    assert_eq!(CARRIED_OUT.load(Ordering::SeqCst), 2);
    // A form that was made for nobody.
    let page = served.site.browser().get("/forms").await;
    let token = page.csrf_token().unwrap();
    served.site.browser().post("/mine").form(&[("_csrf", &token)]).await.assert_status(403);
}

#[tokio::test]
async fn a_program_is_told_by_the_status() {
    let served = site();
    let page = served.site.browser().get("/account/orders").header("sec-fetch-mode", "cors").await;
    page.assert_status(401).assert_says("Please sign in first.");
    assert_eq!(page.header("www-authenticate"), Some("Cookie"));
}

#[tokio::test]
async fn the_guard_asks_for_level_and_freshness() {
    let served = site();
    let get = async |given: session_testing::Given<session_testing::Browser>| {
        given.await.get("/danger").header("sec-fetch-mode", "cors").await.status().as_u16()
    };
    assert_eq!(get(served.site.signed_in("ada")).await, 403);
    assert_eq!(get(served.site.signed_in("ada").level(1)).await, 200);
    assert_eq!(get(served.site.signed_in("ada").level(1).ago(Duration::from_mins(6))).await, 403);
}

#[tokio::test]
async fn a_guard_of_the_application_is_asked_about_whoever_is_signed_in() {
    let served = site();
    served.site.signed_in("root").await.get("/root").await.assert_says("root alone");
    served
        .site
        .signed_in("ada")
        .await
        .get("/root")
        .await
        .assert_status(403)
        .assert_does_not_say("root alone");
    served.site.browser().get("/root").header("sec-fetch-mode", "cors").await.assert_status(401);
}

#[tokio::test]
async fn a_guard_without_sessions_lets_nobody_in() {
    struct Other;
    let routes = |app: &mut ServiceConfig| {
        app.service(scope("").wrap(RequireSignIn::new().kind::<Other>()).route("/", get().to(async || "in")));
    };
    let served = serve(|sessions| sessions, routes);
    served.site.signed_in("ada").await.get("/").await.assert_status(500).assert_does_not_say("in\n");
}
