//! A site on which users sign in: its forms, its list of devices, and what other sites try.
#![cfg(feature = "site")]

use std::time::Duration;

use alo_session::{
    CsrfLayer, CsrfToken, FreshSession, OwnerSessions, Session, SessionConfig, SessionFailure, SessionLayer,
};
use axum::{
    Form, Json, Router,
    response::{Html, Redirect},
    routing::{get, post},
};
use http::Method;
use session_testing::Site;

#[derive(serde::Deserialize)]
struct SignIn {
    name: String,
    remember: Option<String>,
}

fn app(sessions: SessionLayer) -> Router {
    Router::new()
        .route("/sign-in", get(form).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/devices", get(devices))
        .route("/devices/end-others", post(end_others))
        .route("/account", get(account))
        .route("/api/theme", post(theme))
        .layer(CsrfLayer::new())
        .layer(sessions)
}

async fn form(token: CsrfToken) -> Result<Html<String>, SessionFailure> {
    let token = token.input()?;
    Ok(Html(format!(
        r#"<form method="post" action="/sign-in">{token}<input name="name"><input type="checkbox" name="remember"></form>"#
    )))
}

async fn sign_in(session: Session, Form(form): Form<SignIn>) -> Result<Redirect, SessionFailure> {
    session.login(&form.name)?;
    if form.remember.is_some() {
        session.remember(Duration::from_hours(24 * 30))?;
    }
    Ok(Redirect::to("devices?new"))
}

async fn sign_out(session: Session) -> Result<&'static str, SessionFailure> {
    session.destroy();
    Ok("Bye.")
}

async fn devices(
    session: Session,
    sessions: OwnerSessions,
    token: CsrfToken,
) -> Result<Html<String>, SessionFailure> {
    let count = match session.owner() {
        Some(owner) => sessions.of(&owner).await?.len(),
        None => 0,
    };
    let token = token.input()?;
    Ok(Html(format!(
        r#"<p>You have {count} devices.</p><form method="post" action="/devices/end-others">{token}</form>
        <form method=post action=/sign-out>{token}</form>"#
    )))
}

async fn end_others(session: Session) -> Result<Redirect, SessionFailure> {
    session.end_others().await?;
    Ok(Redirect::to("/devices"))
}

async fn account(FreshSession(session): FreshSession<300>) -> String {
    format!("level {}", session.level())
}

async fn theme(session: Session, Json(theme): Json<String>) -> Result<(), SessionFailure> {
    Ok(session.set("theme", theme)?)
}

#[tokio::test]
async fn a_sign_in_changes_the_id_and_a_lost_phone_is_signed_out() {
    let site = Site::new(app);
    let laptop = site.browser().given().with("cart", ["mug"]).await;
    let form = laptop.get("/sign-in").await;
    let answer = form.submit("/sign-in", &[("name", "ada")]).await;
    answer
        .assert_redirects_to("devices?new")
        .assert_rotated()
        .assert_signed_in("ada")
        .assert_holds("cart", ["mug"]);

    let phone = site.signed_in("ada").label("phone").await;
    let page = answer.follow().await;
    page.assert_says("You have 2 devices.");
    page.submit("/devices/end-others", &[]).await.assert_redirects_to("/devices").assert_not_rotated();
    phone.look().await.assert_ended();
    phone.get("/devices").await.assert_says("You have 0 devices.").assert_stored_nothing();
    assert_eq!(site.sessions_of("ada").await.len(), 1);
}

#[tokio::test]
async fn a_sign_out_ends_the_session_for_a_thief_too() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").await;
    let thief = ada.stolen_copy();
    thief.get("/devices").await.assert_signed_in("ada");
    ada.get("/devices")
        .await
        .submit("/sign-out", &[])
        .await
        .assert_ended()
        .assert_signed_out()
        .assert_cookie_removed();
    thief.look().await.assert_ended();
}

#[tokio::test]
async fn who_is_remembered_comes_back_after_the_browser_was_closed() {
    let site = Site::with_config(SessionConfig::website(), app);
    let (ada, bob) = (site.browser(), site.browser());
    ada.get("/sign-in")
        .await
        .submit("/sign-in", &[("name", "ada"), ("remember", "on")])
        .await
        .assert_remembered();
    bob.get("/sign-in").await.submit("/sign-in", &[("name", "bob")]).await.assert_started();
    for browser in [&ada, &bob] {
        browser.restart();
    }
    site.later(Duration::from_hours(24 * 29));
    ada.look().await.assert_signed_in("ada");
    bob.look().await.assert_ended();
    site.later(Duration::from_hours(48));
    ada.look().await.assert_ended();

    let eve = site.signed_in("eve").remembered(Duration::from_hours(24)).await;
    eve.restart();
    eve.look().await.assert_signed_in("eve");
}

#[tokio::test]
async fn what_needs_a_fresh_sign_in_asks_who_signed_in_long_ago() {
    let site = Site::new(app);
    let fresh = site.signed_in("ada").level(2).await;
    fresh.get("/account").await.assert_status(200).assert_says("level 2");
    let stale = site.signed_in("ada").ago(Duration::from_mins(40)).await;
    stale.get("/account").await.assert_status(403).assert_not_saved().assert_signed_in("ada");
}

#[tokio::test]
async fn a_form_passes_for_its_token_and_its_origin() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").await;
    let page = ada.get("/devices").await;
    page.submit("/devices/end-others", &[]).await.assert_status(303);
    page.fetch(Method::POST, "/api/theme")
        .json(&"dark")
        .await
        .assert_status(200)
        .assert_holds("theme", "dark");
    // Without the token, and with the token from elsewhere.
    let refused = ada.post("/devices/end-others").await;
    refused.assert_status(403).assert_says("lacks the token").assert_not_saved();
    let token = page.csrf_token().unwrap();
    let forged = ada.post("/sign-out").form(&[("_csrf", &token)]);
    forged
        .from("https://evil.example")
        .await
        .assert_status(403)
        .assert_says("another site")
        .assert_not_saved();
    let sibling = ada.post("/sign-out").form(&[("_csrf", &token)]);
    sibling.from("https://blog.site.test/x").await.assert_status(403).assert_signed_in("ada");
}

#[tokio::test]
async fn a_link_of_another_site_comes_with_a_lax_cookie_and_nothing_else_does() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").await;
    site.later(Duration::from_mins(3)); // a new cookie without `SameSite` would go along for two minutes
    ada.get("/devices").from("https://news.example").await.assert_says("You have 1 devices.");
    ada.get("/devices").from("https://news.example").by_script().await.assert_says("You have 0 devices.");
}
