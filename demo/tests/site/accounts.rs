use std::{sync::Arc, thread};

use alo_session::{Session, SessionFailure, SessionLayer};
use axum::{Router, extract::State, routing::get};
use tokio::sync::Barrier;

use crate::{
    browser::Browser,
    server::{Server, config, serve},
};

#[test]
fn signing_in_keeps_the_cart_and_kills_the_old_cookie() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("teapot");
    let handle = browser.get("/session").between("<code>", "</code>").to_owned();
    let mut thief = browser.clone();

    browser.sign_in("Ada").expect_redirect("/");
    assert_ne!(browser.cookie, thief.cookie);
    let page = browser.get("/");
    page.expect(200, "Hello, Ada.");
    assert!(page.body.contains(&format!("Your session was {handle} and is ")));
    let new = page.between(&format!("Your session was {handle} and is "), " now");
    assert_ne!(new, handle);
    browser.get("/cart").expect(200, "€34.50");

    let stolen = thief.cookie.clone();
    thief.get("/").expect(200, "Hello, stranger.");
    thief.get("/cart").expect(200, "There is nothing in it yet");
    assert_eq!(thief.cookie, stolen, "a request that is late gets no cookie in place of the newer one");
}

#[test]
fn signing_out_ends_the_session_on_the_server() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.add("teapot");
    browser.sign_in("Ada").expect_redirect("/");
    let mut copy = browser.clone();
    browser.sign_out();
    browser.get("/").expect(200, "You are signed out.");
    copy.get("/").expect(200, "Hello, stranger.");
    copy.get("/cart").expect(200, "There is nothing in it yet");
}

#[test]
fn a_request_in_flight_does_not_bring_a_session_back() {
    let server = Server::start();
    let mut browser = server.browser();
    browser.sign_in("Ada").expect_redirect("/");

    // A slow page of the same site: it waits once it has its session, and again before it ends.
    let barrier = Arc::new(Barrier::new(2));
    let slow = Router::new()
        .route("/slow", get(slow))
        .with_state(Arc::clone(&barrier))
        .route(
            "/step",
            get(async |State(barrier): State<Arc<Barrier>>| {
                barrier.wait().await;
            }),
        )
        .with_state(barrier)
        .layer(SessionLayer::new(server.store.clone(), config()));
    let slow = serve(slow);

    let mut late = browser.at(&slow);
    let late = thread::spawn(move || (late.get("/slow"), late));
    Browser::new(&slow).get("/step");
    browser.sign_out();
    Browser::new(&slow).get("/step");

    let (page, late) = late.join().unwrap();
    page.expect(409, "The session ended while the request ran");
    assert_eq!(page.header("set-cookie"), None);
    late.at(&server.base).get("/").expect(200, "Hello, stranger.");
    browser.get("/").expect(200, "Hello, stranger.");
}

async fn slow(session: Session, State(barrier): State<Arc<Barrier>>) -> Result<&'static str, SessionFailure> {
    session.set("late", true)?;
    barrier.wait().await;
    barrier.wait().await;
    Ok("late")
}

#[test]
fn two_browsers_of_one_name_have_two_sessions() {
    let server = Server::start();
    let (mut one, mut other) = (server.browser(), server.browser());
    one.sign_in("Ada").expect_redirect("/");
    other.sign_in("Ada").expect_redirect("/");
    one.add("mug");
    other.get("/cart").expect(200, "There is nothing in it yet");
    one.sign_out();
    other.get("/").expect(200, "Hello, Ada.");
}

#[test]
fn a_name_has_bounds_and_is_never_markup() {
    let server = Server::start();
    let mut browser = server.browser();
    for name in ["", "   ", &"x".repeat(41)] {
        browser.sign_in(name).expect_redirect("/sign-in");
        browser.get("/sign-in").expect(200, "A name has 1 to 40 characters.");
    }
    let nasty = r#""><script>alert('x')</script>&amp;"#;
    browser.sign_in(nasty).expect_redirect("/");
    for path in ["/", "/shop", "/cart", "/sign-in", "/session"] {
        let page = browser.get(path);
        page.expect(200, "&lt;script&gt;");
        assert!(!page.body.contains("<script"), "{}", page.body);
        assert!(page.body.contains("&amp;amp;"));
    }
}
