//! The first test that an author writes.
#![cfg(feature = "site")]

use std::time::Duration;

use alo_session::{Session, SessionFailure, SessionLayer, session::Key};
use axum::{Router, routing::get};
use session_testing::Site;

fn app(sessions: SessionLayer) -> Router {
    Router::new().route("/", get(count)).layer(sessions)
}

async fn count(session: Session) -> Result<String, SessionFailure> {
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    let name = session.owner().unwrap_or("stranger".into());
    Ok(format!("Hello, {name}. You were here {visits} times."))
}

#[tokio::test]
async fn each_browser_has_its_own_count() {
    let site = Site::new(app);
    let (one, other) = (site.browser(), site.browser());
    one.get("/").await.assert_says("1 times").assert_started();
    one.get("/").await.assert_says("2 times").assert_not_rotated().assert_saved();
    other.get("/").await.assert_says("1 times");
}

#[tokio::test]
async fn a_user_is_greeted_by_name() {
    let site = Site::new(app);
    let ada = site.signed_in("ada").with("visits", 41).await;
    ada.get("/").await.assert_says("Hello, ada. You were here 42 times.");
}

#[test]
fn a_key_of_the_application_is_as_good_as_its_name() {
    const VISITS: Key<u32> = Key::new("visits");
    let session = session_testing::visitor().with(VISITS, 3).open_session();
    assert_eq!(session.get::<u32>("visits"), Ok(Some(3)));
}

#[tokio::test]
async fn a_pause_ends_the_count() {
    let site = Site::new(app);
    let browser = site.browser();
    browser.get("/").await;
    site.later(Duration::from_mins(4));
    browser.get("/").await.assert_says("2 times");
    site.later(Duration::from_mins(6));
    browser.look().await.assert_ended();
    browser.get("/").await.assert_says("1 times");
}

#[tokio::test]
async fn a_handler_is_tested_without_http() {
    let session = session_testing::signed_in("ada").with("visits", 41).session();
    assert_eq!(count(session.clone()).await.unwrap(), "Hello, ada. You were here 42 times.");
    assert!(session.is_changed());
}
