//! Why a request is refused: each reason over HTTP, what the log says, and how an application shows the form again.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Form, Router,
    body::{Body, Bytes},
    http::{HeaderName, Method, Request, StatusCode},
    routing::{get, post},
};
use common::{Browser, browser::Page, log};
use session_core::{SessionConfig, Timestamp};
use session_memory::{ManualClock, MemoryStore};
use session_tower::{
    CsrfError, CsrfLayer, CsrfToken, CsrfVerdict, FailureCause, Session, SessionFailure, SessionLayer,
};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const HOST: (&str, &str) = ("host", "shop.example");

/// A site whose clock stands still, and whose error pages are the reasons.
struct Site {
    app: Router,
    clock: Arc<ManualClock>,
    now: Arc<AtomicU64>,
}

type Fields = Form<Vec<(String, String)>>;

async fn write(verdict: CsrfVerdict, token: CsrfToken, form: Fields) -> Result<String, SessionFailure> {
    let typed = form.iter().find(|(name, _)| name == "text").map_or("", |(_, typed)| typed);
    match verdict.result() {
        Ok(()) => Ok(format!("saved {typed}")),
        Err(error) => Ok(format!("{error:?} {typed} {}", token.text()?.as_str())),
    }
}

fn routes() -> Router {
    Router::new()
        .route(
            "/text",
            get(async |token: CsrfToken| Ok::<_, SessionFailure>(token.text()?.as_str().to_owned())),
        )
        .route("/cart", get(async |session: Session| session.set("cart", 1).map_err(SessionFailure::from)))
        .route("/sign-in", post(async |session: Session| session.login("ada").map_err(SessionFailure::from)))
        .route("/sign-out", post(sign_out))
        .route("/destroy", post(async |session: Session| session.destroy()))
        .route("/order", post(async || "ordered"))
        .route("/comment", post(write))
}

async fn sign_out(session: Session) -> Result<(), SessionFailure> {
    session.logout()?;
    Ok(session.flash("info", "signed out")?)
}

impl Site {
    fn new(csrf: CsrfLayer, config: SessionConfig) -> Self {
        let (clock, now) = (Arc::new(ManualClock::new()), Arc::new(AtomicU64::new(1_000_000)));
        let store = MemoryStore::builder().clock(Arc::clone(&clock)).build().unwrap();
        let time = Arc::clone(&now);
        let sessions = SessionLayer::new(store, config)
            .clock(move || Timestamp::from_millis(time.load(Ordering::SeqCst)))
            .on_error(|failure, _| match failure.cause() {
                FailureCause::Csrf(error) => (failure.status(), format!("{error:?}: {error}")),
                _ => (failure.status(), failure.to_string()),
            });
        Self { app: routes().layer(csrf).layer(sessions), clock, now }
    }

    fn usual() -> Self {
        Self::new(CsrfLayer::new(), SessionConfig::default())
    }

    fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.now.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// A visitor whose session is stored, with a token of it.
    async fn customer(&self) -> (Browser, String) {
        let mut browser = Browser::new(&self.app);
        browser.get("/cart").await;
        let text = text(&mut browser).await;
        (browser, text)
    }
}

async fn text(browser: &mut Browser) -> String {
    let text = browser.get("/text").await.body;
    log::keep_secret(&text);
    text
}

async fn order(browser: &mut Browser, token: &str) -> Page {
    browser.post("/order", &format!("_csrf={token}")).await
}

fn expect(page: &Page, reason: &str) {
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
    assert!(page.body.starts_with(&format!("{reason}: ")), "{}", page.body);
}

#[tokio::test]
async fn an_expired_session_a_sign_in_elsewhere_a_sign_out_elsewhere_and_a_forgery_are_told_apart() {
    let site = Site::usual();
    let (mut late, token) = site.customer().await;
    site.pass(SessionConfig::default().idle + Duration::from_secs(1));
    expect(&order(&mut late, &token).await, "SessionGone");
    let line = log::last("request refused");
    assert!(line.contains("arrival=Expired") && line.contains("idle"), "{line}");

    let (mut tab, before) = site.customer().await;
    assert_eq!(tab.post("/sign-in", &format!("_csrf={before}")).await.status, StatusCode::OK);
    expect(&order(&mut tab, &before).await, "Superseded");
    let signed_in = text(&mut tab).await;
    assert_eq!(order(&mut tab, &signed_in).await.body, "ordered");

    assert_eq!(tab.post("/sign-out", &format!("_csrf={signed_in}")).await.status, StatusCode::OK);
    assert_eq!(order(&mut tab, &signed_in).await.status, StatusCode::UNAUTHORIZED);

    let (mut ada, _) = site.customer().await;
    let (_, foreign) = site.customer().await;
    for forged in [foreign.as_str(), "x", "", &"A".repeat(86)] {
        expect(&order(&mut ada, forged).await, "WrongToken");
    }
}

#[tokio::test]
async fn a_form_of_a_session_that_was_ended_has_no_session() {
    let site = Site::usual();
    let (mut tab, token) = site.customer().await;
    assert_eq!(tab.post("/destroy", &format!("_csrf={token}")).await.status, StatusCode::OK);
    assert_eq!(tab.cookie, None);
    expect(&order(&mut tab, &token).await, "SessionGone");
}

#[tokio::test]
async fn the_second_click_with_the_id_of_before_the_first_passes_and_a_forgery_is_superseded() {
    let site = Site::usual();
    let (mut first, token) = site.customer().await;
    let mut second = first.clone();
    let form = format!("_csrf={token}");
    assert_eq!(first.post("/sign-in", &form).await.status, StatusCode::OK);
    let (_, other) = site.customer().await;
    expect(&order(&mut second, &other).await, "Superseded");
    assert!(log::last("request refused").contains("arrival=Superseded"));
    assert_eq!(second.post("/sign-in", &form).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_refused_form_of_this_site_is_a_use_of_the_session_and_one_of_another_site_is_none() {
    let site = Site::usual();
    let step = SessionConfig::default().idle / 2;
    let ((mut here, token), (mut there, _)) = (site.customer().await, site.customer().await);
    for _ in 0..5 {
        site.pass(step);
        expect(&here.post("/order", "x=1").await, "MissingToken");
        expect(&order(&mut here, "x").await, "WrongToken");
        let foreign = [FORM, HOST, ("origin", "https://evil.example")];
        expect(&there.call(Method::POST, "/order", &foreign, "x=1").await, "CrossSite");
    }
    assert_eq!(order(&mut here, &token).await.body, "ordered");
    expect(&order(&mut there, &token).await, "SessionGone");
}

#[tokio::test]
async fn a_visitors_form_is_told_from_a_forgery_too() {
    let site = Site::usual();
    let mut ada = Browser::new(&site.app);
    let token = text(&mut ada).await;
    assert_eq!(order(&mut ada, &token).await.body, "ordered");
    let foreign = text(&mut Browser::new(&site.app)).await;
    expect(&order(&mut ada, &foreign).await, "WrongToken");
    assert_eq!(ada.post("/sign-in", &format!("_csrf={token}")).await.status, StatusCode::OK);
    expect(&order(&mut ada, &token).await, "Superseded");
    let mut without = ada.clone();
    (without.cookie, without.form_cookie) = (None, None);
    expect(&order(&mut without, &token).await, "SessionGone");
    expect(&ada.post("/order", "x=1").await, "MissingToken");
}

#[tokio::test]
async fn the_log_names_what_was_compared_and_the_cure() {
    let site = Site::usual();
    let (mut ada, token) = site.customer().await;
    let form = format!("_csrf={token}");
    for (headers, said) in [
        (
            vec![("host", "nas.lan"), ("origin", "http://nas.lan:8080")],
            ["http://nas.lan:8080", "nas.lan", "with its port"],
        ),
        (
            vec![HOST, ("origin", "https://pay.example")],
            ["https://pay.example", "shop.example", "allow_origin"],
        ),
        (vec![HOST, ("origin", "null")], ["null", "shop.example", "allow_null_origin"]),
        (
            vec![HOST, ("origin", "https://a.shop.example"), ("sec-fetch-site", "same-site")],
            ["same-site", "https://a.shop.example", "allow_origin"],
        ),
        (vec![("origin", "https://shop.example")], ["https://shop.example", "CrossSite", "no `Host`"]),
        (
            vec![HOST, ("origin", "https://a.example"), ("origin", "https://b.example")],
            ["https://a.example | https://b.example", "CrossSite", "twice"],
        ),
    ] {
        let headers: Vec<_> = headers.into_iter().chain([FORM]).collect();
        let page = ada.call(Method::POST, "/order", &headers, &form).await;
        expect(&page, "CrossSite");
        let line = log::last("request refused by the CSRF protection");
        for said in said {
            assert!(line.contains(said), "no {said:?} in {line}");
        }
    }
    for (headers, body, said) in [
        (vec![FORM], "x=1", ["MissingToken", "CsrfToken::input", "_csrf", "x-csrf-token"]),
        (vec![FORM], "_csrf=x", ["WrongToken", "same secret", "", ""]),
    ] {
        ada.call(Method::POST, "/order", &headers, body).await;
        let line = log::last("request refused by the CSRF protection");
        for said in said {
            assert!(line.contains(said), "no {said:?} in {line}");
        }
    }
}

#[tokio::test]
async fn a_secure_cookie_over_plain_http_is_named_in_the_log() {
    let site = Site::usual();
    let plain = [("host", "192.168.1.5:3000"), ("origin", "http://192.168.1.5:3000"), FORM];
    for _ in 0..2 {
        // A browser that keeps no Secure cookie over plain HTTP.
        let mut ada = Browser::new(&site.app);
        let token = text(&mut ada).await;
        (ada.cookie, ada.form_cookie) = (None, None);
        let page = ada.call(Method::POST, "/sign-in", &plain, &format!("_csrf={token}")).await;
        expect(&page, "SessionGone");
        let line = log::last("request refused by the CSRF protection");
        assert!(line.contains("plain HTTP") && line.contains("cookie.secure = false"), "{line}");
    }
    let secure = SessionConfig::with(|settings| settings.cookie.secure = false).unwrap();
    let mut ada = Browser::new(&Site::new(CsrfLayer::new(), secure).app);
    let token = text(&mut ada).await;
    let page = ada.call(Method::POST, "/sign-in", &plain, &format!("_csrf={token}")).await;
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test]
async fn a_refused_form_is_shown_again_with_what_was_typed() {
    let csrf = CsrfLayer::new()
        .let_through(|error, head| error != CsrfError::CrossSite && head.uri.path() == "/comment");
    let site = Site::new(csrf, SessionConfig::default());
    let (mut ada, token) = site.customer().await;
    let form = |token: &str| format!("text=an+hour+of+work&_csrf={token}");
    assert_eq!(ada.post("/comment", &form(&token)).await.body, "saved an hour of work");
    site.pass(Duration::from_secs(3600));
    let page = ada.post("/comment", &form(&token)).await;
    let (said, token) = page.body.rsplit_once(' ').unwrap();
    assert_eq!((page.status, said), (StatusCode::OK, "SessionGone an hour of work"));
    log::keep_secret(token);
    assert_eq!(ada.post("/comment", &form(token)).await.body, "saved an hour of work");
    let page = ada.post("/comment", "text=without").await;
    assert!(page.body.starts_with("MissingToken without "), "{}", page.body);
    assert!(log::last("request refused").contains("let_through=true"));
    // Neither another path nor another site.
    expect(&ada.post("/order", "x=1").await, "MissingToken");
    assert!(log::last("request refused").contains("let_through=false"));
    let foreign = [FORM, HOST, ("origin", "https://evil.example")];
    expect(&ada.call(Method::POST, "/comment", &foreign, &form(token)).await, "CrossSite");
}

#[tokio::test]
async fn a_form_over_the_limit_reaches_its_handler_whole_if_it_is_let_through() {
    let csrf = CsrfLayer::new().form_limit(100).let_through(|_, _| true);
    let site = Site::new(csrf, SessionConfig::default());
    let mut ada = Browser::new(&site.app);
    let typed = "x".repeat(5000);
    let page = ada.post("/comment", &format!("text={typed}")).await;
    assert!(page.body.starts_with(&format!("FormTooLarge {typed} ")), "{}", page.body);
    let broken = [Ok(Bytes::from("text=half")), Err(std::io::Error::other("gone"))];
    let request = Request::post("/comment").header(FORM.0, FORM.1);
    let request = request.body(Body::from_stream(futures_util::stream::iter(broken)));
    let page = ada.send(request.unwrap()).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.body.starts_with("Unreadable: "), "nothing whole could be shown: {}", page.body);
}

#[tokio::test]
async fn a_handler_that_asks_for_a_verdict_that_nobody_gave_fails() {
    let sessions = SessionLayer::new(MemoryStore::new(), SessionConfig::default());
    let mut ada = Browser::new(&routes().layer(sessions));
    let page = ada.post("/comment", "text=x").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(log::contains("add `CsrfLayer::new()`"));
}

#[tokio::test]
async fn by_origin_alone_no_token_is_needed_and_nothing_is_loaded() {
    let routes = || {
        Router::new().route("/order", post(async |verdict: CsrfVerdict| format!("{:?}", verdict.result())))
    };
    let mut ada = Browser::new(&routes().layer(CsrfLayer::origin_only()));
    for (headers, passes) in [
        (vec![], true),
        (vec![("sec-fetch-site", "same-origin")], true),
        (vec![("sec-fetch-site", "none")], true),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "cross-site"), ("origin", "https://shop.example")], false),
        (vec![("origin", "https://shop.example")], true),
        (vec![("origin", "https://shop.example:8443")], false),
        (vec![("origin", "null")], false),
        (vec![("origin", "https://evil.example")], false),
    ] {
        let headers: Vec<_> = headers.into_iter().chain([HOST]).collect();
        let page = ada.call(Method::POST, "/order", &headers, "").await;
        assert_eq!(page.status == StatusCode::OK, passes, "{headers:?}");
    }
    let allowing =
        CsrfLayer::origin_only().allow_origin("https://*.partner.example").unwrap().allow_null_origin();
    let mut ada = Browser::new(&routes().layer(allowing));
    for (headers, passes) in [
        (vec![("origin", "https://a.partner.example"), ("sec-fetch-site", "cross-site")], true),
        (vec![("origin", "https://partner.example"), ("sec-fetch-site", "cross-site")], false),
        (vec![("origin", "null")], true),
        (vec![("origin", "null"), ("sec-fetch-site", "cross-site")], false),
    ] {
        let headers: Vec<_> = headers.into_iter().chain([HOST]).collect();
        let page = ada.call(Method::POST, "/order", &headers, "").await;
        assert_eq!(page.status == StatusCode::OK, passes, "{headers:?}");
    }
}

#[tokio::test]
async fn by_token_alone_the_origin_does_not_count() {
    let site = Site::new(CsrfLayer::token_only(), SessionConfig::default());
    let (mut ada, token) = site.customer().await;
    let foreign = [FORM, HOST, ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let page = ada.call(Method::POST, "/order", &foreign, &format!("_csrf={token}")).await;
    assert_eq!(page.body, "ordered");
    expect(&ada.call(Method::POST, "/order", &foreign, "_csrf=x").await, "WrongToken");
}

#[tokio::test]
async fn field_and_header_are_called_as_the_application_likes() {
    let csrf = CsrfLayer::new().field("authenticity_token").header(HeaderName::from_static("x-xsrf-token"));
    let routes =
        routes().route("/form", get(async |token: CsrfToken| Ok::<_, SessionFailure>(token.input()?)));
    let sessions = SessionLayer::new(MemoryStore::new(), SessionConfig::default());
    let mut ada = Browser::new(&routes.layer(csrf).layer(sessions));
    let token = text(&mut ada).await;
    let page = ada.get("/form").await.body;
    assert!(page.starts_with(r#"<input type="hidden" name="authenticity_token" value="v"#), "{page}");
    assert_eq!(ada.post("/order", &format!("authenticity_token={token}")).await.body, "ordered");
    assert_eq!(ada.call(Method::POST, "/order", &[("x-xsrf-token", &token)], "").await.body, "ordered");
    assert_eq!(ada.post("/order", &format!("_csrf={token}")).await.status, StatusCode::FORBIDDEN);
    let page = ada.call(Method::POST, "/order", &[("x-csrf-token", &token)], "").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_client_with_a_bearer_token_needs_none_but_a_foreign_page_stays_outside() {
    let csrf = CsrfLayer::new()
        .exempt(|head| head.headers.contains_key("authorization") && !head.headers.contains_key("cookie"))
        .unprotected(|head| head.method == Method::POST && head.uri.query() == Some("from=bank"));
    let site = Site::new(csrf, SessionConfig::default());
    let bearer = ("authorization", "Bearer x");
    let mut client = Browser::new(&site.app);
    assert_eq!(client.call(Method::POST, "/order", &[bearer], "").await.body, "ordered");
    let foreign = [HOST, ("origin", "https://bank.example"), ("sec-fetch-site", "cross-site")];
    let page = client.call(Method::POST, "/order", &[&foreign[..], &[bearer]].concat(), "").await;
    expect(&page, "CrossSite");
    let (mut ada, _) = site.customer().await;
    expect(&ada.call(Method::POST, "/order", &[bearer], "").await, "MissingToken");
    assert_eq!(client.call(Method::POST, "/order?from=bank", &foreign, "").await.body, "ordered");
}

#[tokio::test]
async fn a_null_origin_is_allowed_when_asked_and_needs_the_token() {
    let site = Site::new(CsrfLayer::new().allow_null_origin(), SessionConfig::default());
    let (mut ada, token) = site.customer().await;
    for headers in [vec![("origin", "null")], vec![("origin", "null"), ("sec-fetch-site", "cross-site")]] {
        let headers: Vec<_> = headers.into_iter().chain([HOST, FORM]).collect();
        let page = ada.call(Method::POST, "/order", &headers, &format!("_csrf={token}")).await;
        assert_eq!(page.body, "ordered");
        expect(&ada.call(Method::POST, "/order", &headers, "x=1").await, "MissingToken");
    }
}
