//! A form of somebody who was signed in when its page was made, and is not any more: the way to the sign-in page.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    http::{Method, StatusCode},
    routing::{get, post},
};
use common::{Browser, Clock, browser::Page, log};
use session_tower::{
    CsrfLayer, CsrfToken, Owner, OwnerSessions, RequireSignIn, ReturnTo, Session, SessionFailure,
};

/// A site with pages for owners, and a count of what was carried out.
struct Site {
    app: Router,
    clock: Clock,
    carried_out: Arc<AtomicUsize>,
}

const NAVIGATE: (&str, &str) = ("sec-fetch-mode", "navigate");
const FETCH: (&str, &str) = ("sec-fetch-mode", "cors");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

impl Site {
    fn new() -> Self {
        let (clock, carried_out) = (Clock::default(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&carried_out);
        let count = move || {
            count.fetch_add(1, Ordering::SeqCst);
            async { "done" }
        };
        let open = count.clone();
        let sign_in = async |session: Session, back: ReturnTo| {
            session.login("ada")?;
            Ok::<_, SessionFailure>(back.or("/").to_owned())
        };
        let become_eve =
            async |session: Session| Ok::<_, SessionFailure>(session.login("eve").map(|()| "eve")?);
        let everywhere = async |sessions: OwnerSessions| {
            Ok::<_, SessionFailure>(sessions.end_all("ada").await?.to_string())
        };
        let app = Router::new()
            .route("/account", get(token).post(count.clone()))
            .route_layer(RequireSignIn::new())
            // An extractor is a guard as well.
            .route("/mine", post(async move |_: Owner| count().await))
            .route("/open", post(open))
            .route("/token", get(token))
            .route(
                "/cart",
                get(async |session: Session| session.set("cart", 1).map_err(SessionFailure::from)),
            )
            .route("/become/ada", get(sign_in))
            .route("/become/eve", get(become_eve))
            .route("/everywhere", get(everywhere))
            .route("/sign-in", get(token).post(sign_in))
            .route("/sign-out", post(async |session: Session| session.logout().map_err(SessionFailure::from)))
            .layer(CsrfLayer::new())
            .layer(clock.layer(|_| ()).sign_in_page("/sign-in"));
        Self { app, clock, carried_out }
    }

    /// Ada, signed in, with a page that has a form.
    async fn ada(&self) -> (Browser, String) {
        let mut ada = Browser::new(&self.app);
        ada.get("/become/ada").await;
        let token = text(&mut ada, "/account").await;
        (ada, token)
    }

    /// Says what was carried out since it was asked last.
    fn carried_out(&self) -> usize {
        self.carried_out.swap(0, Ordering::SeqCst)
    }
}

async fn token(token: CsrfToken) -> Result<String, SessionFailure> {
    Ok(token.text()?.as_str().to_owned())
}

async fn text(browser: &mut Browser, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    log::keep_secret(&page.body);
    page.body
}

async fn send(browser: &mut Browser, path: &str, token: &str, how: (&str, &str)) -> Page {
    browser.call(Method::POST, path, &[FORM, how], &format!("_csrf={token}")).await
}

#[tokio::test]
async fn a_form_whose_session_has_ended_leads_to_the_sign_in_page_as_a_page_does() {
    for end in ["it expires", "it is ended elsewhere", "the browser signs out", "the store is emptied"] {
        let site = Site::new();
        let (mut ada, token) = site.ada().await;
        for path in ["/account", "/mine", "/open"] {
            assert_eq!(send(&mut ada, path, &token, NAVIGATE).await.body, "done", "{path}");
        }
        assert_eq!(site.carried_out(), 3);
        // The same site with a store that is empty.
        let emptied = Site::new();
        match end {
            "it expires" => site.clock.pass(11),
            "it is ended elsewhere" => {
                assert_eq!(Browser::new(&site.app).get("/everywhere").await.body, "1");
            }
            "the browser signs out" => {
                assert_eq!(send(&mut ada, "/sign-out", &token, NAVIGATE).await.status, StatusCode::OK);
            }
            _ => {
                let cookie = ada.cookie.take();
                ada = Browser::new(&emptied.app);
                ada.cookie = cookie;
            }
        }
        for path in ["/account", "/mine", "/open", "/sign-out"] {
            let mut tab = ada.clone();
            let page = send(&mut tab, path, &token, NAVIGATE).await;
            let way = page.header("location");
            assert_eq!((page.status, way.as_str()), (StatusCode::SEE_OTHER, "/sign-in"), "{end}: {path}");
            let line = log::last("request refused by the CSRF protection");
            assert!(line.contains("show the form again"), "{line}");
            // Scripts and programs are told by the status, as for a page.
            let page = send(&mut ada.clone(), path, &token, FETCH).await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{end}: {path}");
            assert_eq!(page.body, "Please sign in first.");
        }
        assert_eq!((site.carried_out(), emptied.carried_out()), (0, 0), "{end}");
    }
}

#[tokio::test]
async fn a_visitor_whose_session_has_ended_is_not_asked_to_sign_in() {
    let site = Site::new();
    let mut visitor = Browser::new(&site.app);
    visitor.get("/cart").await;
    let token = text(&mut visitor, "/token").await;
    site.clock.pass(11);
    let page = send(&mut visitor, "/open", &token, NAVIGATE).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("The session of this form has ended"), "{}", page.body);
    assert_eq!(site.carried_out(), 0);
}

#[tokio::test]
async fn a_request_of_another_site_is_refused_although_its_token_is_of_an_owner() {
    let site = Site::new();
    let (mut ada, token) = site.ada().await;
    let own = text(&mut ada, "/token").await;
    let mut eve = Browser::new(&site.app);
    eve.get("/become/eve").await;
    let hers = text(&mut eve, "/token").await;
    let foreign = [FORM, NAVIGATE, ("host", "shop.example"), ("origin", "https://evil.example")];
    for (from, given) in [(&foreign[..], &token), (&foreign[..], &hers), (&foreign[..2], &hers)] {
        let page = ada.call(Method::POST, "/account", from, &format!("_csrf={given}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    // A request whose cookies the browser held back, and a visitor.
    let mut without = Browser::new(&site.app);
    for given in [&own, &hers, &format!("o{}", "A".repeat(86)), &"o".repeat(87)] {
        let page = without.call(Method::POST, "/open", &foreign, &format!("_csrf={given}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let page = send(&mut without, "/open", given, NAVIGATE).await;
        assert_ne!(page.status, StatusCode::OK);
        assert_eq!(page.session_cookie(), None);
    }
    assert_eq!(site.carried_out(), 0);
    assert_eq!(send(&mut ada, "/account", &own, NAVIGATE).await.body, "done");
}

#[tokio::test]
async fn a_form_of_another_owner_is_refused_and_leads_nowhere() {
    let site = Site::new();
    let (mut ada, token) = site.ada().await;
    ada.get("/become/eve").await;
    let page = send(&mut ada, "/account", &token, NAVIGATE).await;
    assert_eq!((page.status, page.header("location").as_str()), (StatusCode::FORBIDDEN, ""));
    assert_eq!(site.carried_out(), 0);
}

#[tokio::test]
async fn the_form_of_the_sign_in_page_itself_is_shown_anew() {
    let site = Site::new();
    let (mut ada, _) = site.ada().await;
    // Somebody who must sign in again.
    let token = text(&mut ada, "/sign-in?next=%2Faccount").await;
    site.clock.pass(11);
    let page = send(&mut ada, "/sign-in?next=%2Faccount", &token, NAVIGATE).await;
    let way = page.header("location");
    assert_eq!((page.status, way.as_str()), (StatusCode::SEE_OTHER, "/sign-in?next=%2Faccount"));
    let token = text(&mut ada, &way).await;
    assert_eq!(send(&mut ada, &way, &token, NAVIGATE).await.body, "/account");
    // A target that is not repeated.
    let token = text(&mut ada, "/sign-in").await;
    site.clock.pass(11);
    let page = send(&mut ada, "/sign-in?next=a\\b", &token, NAVIGATE).await;
    assert_eq!((page.status, page.header("location").as_str()), (StatusCode::SEE_OTHER, "/sign-in"));
}
