use std::sync::Arc;

use tokio::sync::Barrier;

use crate::{
    framework::with_slow_page,
    visitor::{add, between, config, sign_in, sign_out, site},
};

#[tokio::test]
async fn signing_in_keeps_the_cart_and_kills_the_old_cookie() {
    let browser = site().browser();
    add(&browser, "teapot").await;
    let handle = between(&browser.get("/session").await, "<code>", "</code>");
    let thief = browser.stolen_copy();

    sign_in(&browser, "Ada").await.assert_redirects_to("/").assert_rotated().assert_signed_in("Ada");
    let page = browser.get("/").await;
    page.assert_status(200).assert_says("Hello, Ada.");
    let new = between(&page, &format!("Your session was {handle} and is "), " now");
    assert_ne!(new, handle);
    browser.get("/cart").await.assert_status(200).assert_says("€34.50");

    // A request that is late gets no cookie in place of the newer one.
    thief.get("/").await.assert_status(200).assert_says("Hello, stranger.").assert_cookie_kept();
    thief
        .get("/cart")
        .await
        .assert_status(200)
        .assert_says("There is nothing in it yet")
        .assert_cookie_kept();
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let browser = site().signed_in("Ada").await;
    add(&browser, "teapot").await;
    let copy = browser.stolen_copy();
    sign_out(&browser).await;
    browser.get("/").await.assert_status(200).assert_says("You are signed out.");
    copy.get("/").await.assert_status(200).assert_says("Hello, stranger.");
    copy.get("/cart").await.assert_status(200).assert_says("There is nothing in it yet");
}

#[tokio::test]
async fn a_request_in_flight_does_not_bring_a_session_back() {
    let barrier = Arc::new(Barrier::new(2));
    let site = with_slow_page(config(), Arc::clone(&barrier));
    let browser = site.signed_in("Ada").await;
    let late = browser.stolen_copy();
    let (page, ()) = tokio::join!(late.get("/slow"), async {
        barrier.wait().await;
        sign_out(&browser).await;
        barrier.wait().await;
    });
    page.assert_status(409).assert_says("The session ended while the request ran").assert_ended();
    assert!(site.sessions_of("Ada").await.is_empty());
    assert_eq!(page.header("set-cookie"), None);
    late.get("/").await.assert_status(200).assert_says("Hello, stranger.");
    browser.get("/").await.assert_status(200).assert_says("Hello, stranger.");
}

#[tokio::test]
async fn two_browsers_of_one_name_have_two_sessions() {
    let site = site();
    let (one, other) = (site.signed_in("Ada").await, site.signed_in("Ada").await);
    add(&one, "mug").await;
    other.get("/cart").await.assert_status(200).assert_says("There is nothing in it yet");
    sign_out(&one).await;
    other.get("/").await.assert_status(200).assert_says("Hello, Ada.");
}

#[tokio::test]
async fn a_name_has_bounds_and_is_never_markup() {
    let browser = site().browser();
    for name in ["", "   ", &"x".repeat(41)] {
        sign_in(&browser, name).await.assert_redirects_to("/sign-in").assert_signed_out();
        browser.get("/sign-in").await.assert_status(200).assert_says("A name has 1 to 40 characters.");
    }
    let nasty = r#""><script>alert('x')</script>&amp;"#;
    sign_in(&browser, nasty).await.assert_redirects_to("/").assert_signed_in(nasty);
    for path in ["/", "/shop", "/cart", "/sign-in", "/session"] {
        let page = browser.get(path).await;
        page.assert_status(200)
            .assert_says("&lt;script&gt;")
            .assert_says("&amp;amp;")
            .assert_does_not_say("<script");
    }
}
