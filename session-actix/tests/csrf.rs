//! The protection against forms of other sites, as far as actix-web is concerned: the rest is in the conformance kit.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod common;

use std::collections::BTreeMap;

use actix_web::{
    http::header::HeaderName,
    web::{Form, ServiceConfig, get, post, resource},
};
use common::{Served, serve};
use session_actix::{CsrfError, CsrfMiddleware, CsrfToken, CsrfVerdict, SessionFailure};

async fn form(token: CsrfToken) -> Result<String, SessionFailure> {
    Ok(format!("<form method=post action='/comment'>{}</form>", token.input()?))
}

async fn comment(
    verdict: CsrfVerdict,
    fields: Form<BTreeMap<String, String>>,
) -> Result<String, SessionFailure> {
    Ok(format!("{:?} {:?}", verdict.result().err(), fields.get("text")))
}

fn site(csrf: CsrfMiddleware) -> Served {
    let routes = move |app: &mut ServiceConfig| {
        let page = resource("/comment").wrap(csrf.clone()).route(get().to(form)).route(post().to(comment));
        app.service(page).route("/unguarded", post().to(async |_: CsrfVerdict| "called"));
    };
    serve(|sessions| sessions, routes)
}

#[tokio::test]
async fn a_form_with_its_token_reaches_the_handler_whole() {
    let served = site(CsrfMiddleware::new());
    let browser = served.site.browser();
    let page = browser.get("/comment").await;
    page.assert_stored_nothing();
    page.submit("/comment", &[("text", "hello")]).await.assert_says(r#"None Some("hello")"#);
    browser.post("/comment").form(&[("text", "hello")]).await.assert_status(403);
    page.submit("/comment", &[("text", "hello")]).from("https://evil.example").await.assert_status(403);
}

#[tokio::test]
async fn a_refused_form_can_be_shown_again() {
    let lenient = CsrfMiddleware::new()
        .let_through(|error, request| request.path() == "/comment" && error == CsrfError::MissingToken);
    let served = site(lenient);
    let page = served.site.browser().post("/comment").form(&[("text", "typed")]).await;
    page.assert_status(200).assert_says(r#"Some(MissingToken) Some("typed")"#);
    let page = served.site.browser().post("/comment").form(&[("_csrf", "x")]).await;
    page.assert_status(403);
}

#[tokio::test]
async fn field_and_header_have_the_names_that_the_application_gives_them() {
    let named = CsrfMiddleware::new().field("authenticity").header(HeaderName::from_static("x-xsrf-token"));
    let served = site(named);
    let browser = served.site.browser();
    let page = browser.get("/comment").await;
    page.assert_says(r#"name="authenticity""#);
    page.submit("/comment", &[("text", "a")]).await.assert_status(200);
    let token = page.text().split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let by_header = browser.post("/comment").header("x-xsrf-token", &token).form(&[("text", "b")]);
    by_header.await.assert_status(200).assert_says(r#"Some("b")"#);
}

#[tokio::test]
async fn exceptions_are_chosen_by_the_request() {
    let hooks = CsrfMiddleware::new()
        .exempt(|request| request.headers().contains_key("authorization"))
        .unprotected(|request| request.query_string() == "payment");
    let served = site(hooks);
    let post = |path: &str| served.site.browser().post(path).form(&[("text", "x")]);
    post("/comment").await.assert_status(403);
    post("/comment").header("authorization", "Bearer x").await.assert_status(200);
    post("/comment")
        .header("authorization", "Bearer x")
        .from("https://evil.example")
        .await
        .assert_status(403);
    post("/comment?payment").from("https://pay.example").await.assert_status(200);
}

#[tokio::test]
async fn a_form_over_the_limit_is_not_read() {
    let served = site(CsrfMiddleware::new().form_limit(200));
    let browser = served.site.browser();
    let page = browser.get("/comment").await;
    page.submit("/comment", &[("text", &"x".repeat(200))]).await.assert_status(413);
    page.submit("/comment", &[("text", "x")]).await.assert_status(200);
    let token = page.csrf_token().unwrap();
    let by_header =
        browser.post("/comment").header("x-csrf-token", &token).form(&[("text", &"x".repeat(200))]);
    by_header.await.assert_status(200);
}

#[tokio::test]
async fn a_verdict_without_the_protection_is_a_mistake() {
    let served = site(CsrfMiddleware::new());
    served.site.browser().post("/unguarded").await.assert_status(500);
}

#[tokio::test]
async fn the_origin_alone_needs_no_session() {
    struct Nobody;
    let routes = |app: &mut ServiceConfig| {
        let csrf = CsrfMiddleware::origin_only().kind::<Nobody>();
        app.service(resource("/comment").wrap(csrf).route(post().to(comment)));
    };
    let served = serve(|sessions| sessions, routes);
    let post = || served.site.browser().post("/comment").form(&[("text", "x")]);
    post().await.assert_status(200).assert_says("None");
    post().from("https://evil.example").await.assert_status(403);
}

#[tokio::test]
async fn the_token_alone_is_enough_where_no_origin_arrives() {
    let served = site(CsrfMiddleware::token_only());
    let page = served.site.browser().get("/comment").await;
    // As behind a proxy that replaces the host.
    let form = page.submit("/comment", &[("text", "x")]).header("sec-fetch-site", "cross-site");
    form.header("origin", "https://public.example").await.assert_status(200);
    served.site.browser().post("/comment").form(&[("text", "x")]).await.assert_status(403);
}
