//! Coming back from a payment or identity provider: a POST of another site arrives without the `SameSite=Lax` cookie. It
//! does not replace the session that the browser still holds.

use session_core::config::SameSite;
use session_testservers::jar::{Place, Trip};
use session_tower::CsrfLayer;

use crate::harness::{Browser, Page, Raw, Site, seconds};

const PATHS: [&str; 5] = ["/flash", "/form", "/who", "/write", "/flash-show"];

async fn site(same_site: SameSite) -> Site {
    let csrf = CsrfLayer::new().unprotected(|_| true);
    let change = |settings: &mut session_core::config::Settings| settings.cookie.same_site = same_site;
    Site::with(change, |app, layer| {
        let app = app.route("/callback/form", axum::routing::post(crate::harness::site::form));
        app.layer(csrf).layer(layer)
    })
    .await
}

fn provider() -> Place {
    Place::parse("https://pay.example/")
}

async fn post_back(browser: &mut Browser, path: &str) -> Page {
    let trip = Trip::to(&browser.home.at(path)).from(&provider()).method("POST");
    browser.send(Raw::new("POST", path).form("paid=1"), &trip).await
}

#[tokio::test]
async fn coming_back_by_a_post_keeps_the_session() {
    for path in ["/flash", "/callback/form", "/write", "/status/200", "/status/500", "/sign-out"] {
        let site = site(SameSite::Lax).await;
        let mut ada = site.ada().await;
        ada.get("/write").await;
        site.time.pass(seconds(130));
        let page = post_back(&mut ada, path).await;
        assert_eq!(page.session_cookies(), Vec::<&str>::new(), "{path}: {} {}", page.status, page.body);
        assert_eq!(ada.who().await, "ada 1", "{path}");
    }
}

#[tokio::test]
async fn a_first_visit_by_a_post_of_another_site_can_still_sign_in() {
    let site = site(SameSite::Lax).await;
    let mut ada = site.browser();
    let page = post_back(&mut ada, "/sign-in/ada").await;
    assert_eq!((page.status, page.session_cookies().len()), (200, 1));
    assert_eq!(ada.who().await, "ada 0");
}

#[tokio::test]
async fn a_link_from_a_mail_keeps_a_strict_session() {
    for path in PATHS {
        let site = site(SameSite::Strict).await;
        let mut ada = site.ada().await;
        ada.get("/write").await;
        let trip = Trip::to(&ada.home.at(path)).from(&Place::parse("https://mail.example/"));
        let page = ada.send(Raw::get(path), &trip).await;
        assert_eq!(page.session_cookies(), Vec::<&str>::new(), "{path}: {}", page.status);
        assert_eq!(ada.who().await, "ada 1", "{path}");
    }
}

#[tokio::test]
async fn a_link_to_a_new_visitor_starts_a_session_with_lax_cookies() {
    let site = site(SameSite::Lax).await;
    let mut visitor = site.browser();
    let trip = Trip::to(&visitor.home.at("/write")).from(&Place::parse("https://mail.example/"));
    visitor.send(Raw::get("/write"), &trip).await;
    assert_eq!(visitor.who().await, "nobody 1", "a link carries the Lax cookie, so there was none");
}
