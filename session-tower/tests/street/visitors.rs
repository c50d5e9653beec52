//! Sessions without an owner may have a lifetime of their own.

use crate::harness::{Site, minutes, seconds};

#[tokio::test]
async fn a_sign_in_at_a_provider_may_take_longer_than_five_minutes() {
    let site = Site::start(|settings| settings.anonymous_idle = Some(minutes(30))).await;
    let mut visitor = site.browser();
    visitor.get("/write").await;
    site.time.pass(seconds(310));
    assert_eq!(visitor.who().await, "nobody 1", "the state and the cart are there");
    site.time.pass(minutes(29));
    visitor.get("/sign-in/ada").await;
    assert_eq!(visitor.who().await, "ada 1");
    site.time.pass(seconds(301));
    assert_eq!(visitor.who().await, "nobody 0", "an owner's session has the idle time of owners");
}

#[tokio::test]
async fn a_flood_of_robots_may_be_forgotten_sooner() {
    let site = Site::start(|settings| settings.anonymous_idle = Some(seconds(10))).await;
    let mut ada = site.ada().await;
    let mut robot = site.browser();
    robot.get("/write").await;
    site.time.pass(seconds(9));
    assert_eq!(robot.get("/write").await.body, "2");
    site.time.pass(seconds(11));
    assert_eq!(robot.who().await, "nobody 0");
    ada.get("/write").await;
    assert_eq!(ada.who().await, "ada 1");
    site.time.pass(seconds(290));
    assert_eq!(ada.who().await, "ada 1");
}
