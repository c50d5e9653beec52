//! Every assertion, seen failing: what it says, and that it never shows an id.
#![cfg(feature = "site")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::unreachable, reason = "tests")]

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use alo_session::{CsrfLayer, Session, SessionConfig, SessionFailure, SessionLayer, config::Codec};
use axum::{Router, extract::Path, http::HeaderMap, response::Redirect, routing::get};
use session_testing::{Browser, Page, Site};

fn app(sessions: SessionLayer) -> Router {
    Router::new()
        .route("/", get(async || "<p>Hello,\n <b>visitor</b></p>").post(async || "posted"))
        .route("/{what}", get(handle))
        .layer(CsrfLayer::new())
        .layer(sessions)
}

/// Does what the path says, and shows the id, which no application should.
async fn handle(
    session: Session,
    Path(what): Path<String>,
    head: HeaderMap,
) -> Result<String, SessionFailure> {
    match what.as_str() {
        "set" => session.set("theme", "dark")?,
        "login" => session.login("ada")?,
        "remember" => session.remember(Duration::from_hours(24))?,
        "logout" => {
            session.logout()?;
            session.set("theme", "dark")?;
        }
        "destroy" => session.destroy(),
        _ => {}
    }
    Ok(format!("You sent {:?}.", head.get("cookie")))
}

/// What a failed assertion says.
fn said(assertion: impl FnOnce()) -> String {
    let panic: Box<dyn Any + Send> =
        catch_unwind(AssertUnwindSafe(assertion)).expect_err("the assertion should fail");
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).expect("a text")
}

/// What a failed assertion about a page says, which never is an id.
fn told(browser: &Browser, page: &Page, assertion: impl FnOnce(&Page)) -> String {
    let text = said(|| assertion(page));
    for secret in browser.cookie("AloSession").iter().chain(&browser.cookie("AloSession-csrf")) {
        assert!(
            !text.contains(secret.as_str()) && !format!("{page:?}{browser:?}").contains(secret.as_str()),
            "{text}"
        );
    }
    text
}

#[tokio::test]
async fn the_whole_story_is_told() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").level(2).with("cart", 1).await;
    let page = ada.get("/set").await;
    let handle = page.session().handle().unwrap();
    let text = told(&ada, &page, |page| _ = page.assert_signed_out());
    let expected = format!(
        "nobody should be signed in\n\n  GET /set was answered 200 OK\n  \
         before:  session {handle} of \"ada\", level 2, keys cart\n  \
         after:   session {handle} of \"ada\", level 2, keys cart, theme\n  \
         store:   load: found; commit: written\n  \
         page:    You sent Some(\"AloSession=[cookie]\").\n"
    );
    assert_eq!(text, expected);

    let refused = ada.post("/").await;
    let text = told(&ada, &refused, |page| _ = page.assert_status(200));
    assert!(text.starts_with("the status should be 200\n\n  POST / was answered 403 Forbidden\n"), "{text}");
    assert!(text.contains("\n  because: the CSRF protection refused the request: MissingToken\n"), "{text}");
    let page = ada.get("/nowhere/at/all").await;
    let text = told(&ada, &page, |page| _ = page.assert_status(200));
    assert!(text.contains("404 Not Found") && text.contains("\n  store:   was not asked\n"), "{text}");
}

#[tokio::test]
async fn each_assertion_about_a_response_fails() {
    let site = Site::new(app);
    let browser = site.browser();
    let page = browser.get("/").await;
    let told = |assertion: &dyn Fn(&Page)| told(&browser, &page, assertion);
    assert!(told(&|page| _ = page.assert_status(404)).starts_with("the status should be 404\n"));
    let text = told(&|page| _ = page.assert_says("Bye"));
    assert!(text.contains("should say \"Bye\"") && text.contains("page:    Hello, visitor\n"), "{text}");
    assert!(told(&|page| _ = page.assert_does_not_say("visitor")).starts_with("the page should not say"));
    assert!(
        told(&|page| _ = page.assert_redirects_to("/home"))
            .starts_with("the response should make the browser get /home")
    );
    assert!(told(&|page| _ = page.json::<u32>()).starts_with("the body should be JSON for a u32"));
    let text = told(&|page| _ = page.submit("/order", &[]));
    assert!(text.starts_with("there should be a form for /order, but there are those for []"), "{text}");
}

#[tokio::test]
async fn each_assertion_about_a_session_fails() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").with("cart", 1).await;
    let page = ada.get("/set").await;
    let about = |assertion: &dyn Fn(&Page)| told(&ada, &page, assertion);
    let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
    assert_eq!(
        first(about(&|page| _ = page.assert_started())),
        "the browser should have got its first session"
    );
    assert_eq!(
        first(about(&|page| _ = page.assert_rotated())),
        "the session should have a new id, but it kept its id"
    );
    assert_eq!(first(about(&|page| _ = page.assert_ended())), "the session should have ended");
    assert_eq!(first(about(&|page| _ = page.assert_not_saved())), "the session should not have been saved");
    assert_eq!(
        first(about(&|page| _ = page.assert_stored_nothing())),
        "the request should have stored nothing for its browser"
    );
    let removed = "the session's cookie should have been removed, but the response has no header for it";
    assert_eq!(first(about(&|page| _ = page.assert_cookie_removed())), removed);
    let lasts = "the response should have set a cookie that lasts, but the response has no header for it";
    assert_eq!(first(about(&|page| _ = page.assert_remembered())), lasts);
    assert_eq!(first(about(&|page| _ = page.assert_signed_in("bob"))), "\"bob\" should be signed in");
    assert_eq!(first(about(&|page| _ = page.assert_signed_out())), "nobody should be signed in");
    assert_eq!(
        first(about(&|page| _ = page.assert_holds("cart", 2))),
        "\"cart\" should hold 2, but it holds 1"
    );
    assert_eq!(
        first(about(&|page| _ = page.assert_holds("none", 2))),
        "\"none\" should hold 2, but it holds nothing"
    );
    assert_eq!(first(about(&|page| _ = page.assert_lacks("cart"))), "there should be nothing under \"cart\"");

    let page = ada.get("/login").await;
    assert_eq!(
        first(told(&ada, &page, |page| _ = page.assert_not_rotated())),
        "the session should have kept its id"
    );
    let kept =
        "the session's cookie should have stayed as it was, but it was set, until the browser is closed";
    assert_eq!(first(told(&ada, &page, |page| _ = page.assert_cookie_kept())), kept);
    let page = ada.get("/").await;
    assert_eq!(
        first(told(&ada, &page, |page| _ = page.assert_saved())),
        "the session should have been saved"
    );
}

#[tokio::test]
async fn a_look_at_a_session_fails_too() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").with("cart", 1).await;
    let look = ada.look().await;
    let there = format!("there is session {} of \"ada\", level 0, keys cart", look.handle().unwrap());
    for (text, begin) in [
        (said(|| _ = look.assert_signed_in("bob")), "\"bob\" should be signed in, but "),
        (said(|| _ = look.assert_signed_out()), "nobody should be signed in, but "),
        (said(|| _ = look.assert_ended()), "the session should have ended, but "),
        (said(|| _ = look.assert_holds("cart", 2)), "\"cart\" should hold 2, but it holds 1; "),
        (said(|| _ = look.assert_lacks("cart")), "there should be nothing under \"cart\", but "),
    ] {
        assert_eq!(text, format!("{begin}{there}"));
    }
    let text = said(|| _ = look.get::<String>("cart"));
    assert!(text.starts_with("the value of \"cart\" is no alloc::string::String: session "), "{text}");
    site.later(Duration::from_mins(6));
    let text = said(|| _ = futures_now(ada.look()).assert_signed_in("ada"));
    assert_eq!(text, "\"ada\" should be signed in, but there is no session (Expired)");
}

/// What is in memory never waits.
fn futures_now<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => unreachable!("it waits"),
    }
}

#[tokio::test]
async fn what_looks_like_it_is_told_apart() {
    let site = Site::new(app);
    let (robot, fresh) = (site.browser(), site.browser());
    // The first session is no rotation, and no end.
    let page = fresh.get("/set").await;
    let text = told(&fresh, &page, |page| _ = page.assert_rotated());
    assert!(text.contains("but the browser had none before; `assert_started` says that"), "{text}");
    assert!(
        told(&robot, &robot.get("/").await, |page| _ = page.assert_ended())
            .contains("but there was none before")
    );
    // A sign-out that leaves a session of a visitor is no end.
    let ada = site.signed_in("ada").await;
    let page = ada.get("/logout").await;
    page.assert_signed_out();
    assert!(page.session().is_alive());
    told(&ada, &page, |page| _ = page.assert_ended());
    // A session that ended is not rotated.
    let bob = site.signed_in("bob").await;
    let page = bob.get("/destroy").await;
    page.assert_ended().assert_cookie_removed();
    assert!(told(&bob, &page, |page| _ = page.assert_rotated()).contains("but there is none now"));
    // A rotation by age leaves the old id open for a moment.
    let config =
        SessionConfig::with(|settings| settings.rotate_after = Some(Duration::from_mins(2))).unwrap();
    let aged = Site::with_config(config, app);
    let eve = aged.signed_in("eve").await;
    aged.later(Duration::from_mins(3));
    let page = eve.get("/look").await;
    assert!(told(&eve, &page, |page| _ = page.assert_rotated()).contains("as after a rotation by age"));
    // A lifetime that the browser does not share.
    let page = eve.get("/remember").await;
    page.assert_remembered();
    assert!(
        told(&eve, &page, |page| _ = page.assert_cookie_kept()).contains("longer than the browser is open")
    );
}

#[tokio::test]
async fn a_cookie_that_the_browser_refuses_is_told() {
    let config =
        SessionConfig::with(|settings| settings.cookie.domain = Some("shop.example".into())).unwrap();
    let site = Site::with_config(config, app);
    let browser = site.browser();
    let page = browser.get("/set").await;
    page.assert_saved();
    assert!(told(&browser, &page, |page| _ = page.assert_started()).contains("after:   no session\n"));
    assert!(
        told(&browser, &page, |page| _ = page.assert_remembered())
            .contains("a browser does not obey the header")
    );
}

#[tokio::test]
async fn a_test_that_asks_what_cannot_be_known_is_told() {
    let site = Site::new(app);
    let plain = Browser::new(app(site.layer()));
    assert!(said(|| _ = futures_now(plain.look())).contains("only a browser of a `Site`"));
    let page = plain.get("/set").await;
    assert!(said(|| _ = page.assert_started()).starts_with("only a browser of a `Site` knows"));
    assert!(said(|| _ = Site::without_app(SessionConfig::default()).browser()).contains("browser_at"));
    assert!(said(|| _ = plain.get("/").header("a b", "c")).contains("cannot be a header"));
    assert!(
        said(|| _ = session_testing::visitor().with("AloFlash", ()).level(1).session())
            .contains("session cannot become")
    );
    let error = tokio::spawn(async move { site.browser().given().level(1).await });
    assert!(error.await.unwrap_err().is_panic());
}

#[tokio::test]
async fn redirects_that_never_end_are_told() {
    let site = Site::new(|sessions| {
        let round = get(async |_: Session| Redirect::to("/round"));
        Router::new().route("/round", round).layer(sessions)
    });
    let page = site.browser().get("/round").await;
    let lost = tokio::spawn(page.follow()).await.unwrap_err().into_panic();
    assert!(lost.downcast_ref::<String>().unwrap().starts_with("the redirects should come to an end"));
}

#[tokio::test]
async fn values_of_every_codec_are_compared() {
    for codec in [Codec::MessagePack, Codec::Json] {
        let config = SessionConfig::with(|settings| settings.codec = codec).unwrap();
        let site = Site::with_config(config, app);
        let browser = site.browser().given().with("cart", vec![("mug", 2)]).await;
        browser.look().await.assert_holds("cart", vec![("mug", 2)]);
    }
}
