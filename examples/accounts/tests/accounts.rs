//! The application as its visitors see it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::time::Duration;

use accounts::{Users, app};
use alo_session::store::Operation;
use session_testing::Site;

fn site() -> Site {
    let users = Users::default();
    users.add("ada", "correct horse").unwrap();
    Site::new(|sessions| app(users, sessions))
}

const RIGHT: &[(&str, &str)] = &[("name", "ada"), ("password", "correct horse")];

#[tokio::test]
async fn a_visitor_signs_in_and_is_back_where_they_wanted_to_go() {
    let site = site();
    let ada = site.browser();
    let page = ada.get("/devices").await;
    page.assert_redirects_to("/sign-in?next=%2Fdevices");
    let page = page.follow().await;
    let page = page.submit("/sign-in?next=%2Fdevices", RIGHT).await;
    page.assert_redirects_to("/devices").assert_signed_in("1");
    page.follow().await.assert_says("this one");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_the_same() {
    let site = site();
    for (name, password) in [("ada", "wrong"), ("eve", "correct horse")] {
        let page = site.browser().get("/sign-in").await;
        let page = page.submit("/sign-in", &[("name", name), ("password", password)]).await;
        page.assert_status(422).assert_says("The name or the password is wrong.").assert_signed_out();
    }
}

#[tokio::test]
async fn remember_me_outlives_the_browser() {
    let site = site();
    let ada = site.browser();
    let form = ada.get("/sign-in").await;
    form.submit("/sign-in", &[RIGHT, &[("remember", "yes")]].concat()).await.assert_remembered();
    ada.restart();
    site.later(Duration::from_secs(20 * 86_400));
    ada.get("/").await.assert_says("Hello, user 1");
}

#[tokio::test]
async fn a_password_is_changed_after_a_fresh_sign_in_only_and_ends_all_others() {
    let site = site();
    let phone = site.signed_in("1").await;
    let stale = site.signed_in("1").ago(Duration::from_mins(6)).await;
    stale.get("/password").await.assert_redirects_to("/sign-in?next=%2Fpassword");
    let form = phone.get("/password").await;
    form.submit("/password", &[("password", "new")]).await.assert_redirects_to("/").assert_rotated();
    stale.get("/").await.assert_redirects_to("/sign-in?next=%2F");
    phone.get("/").await.assert_says("Hello, user 1");
    let page = site.browser().get("/sign-in").await;
    page.submit("/sign-in", RIGHT).await.assert_status(422);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let site = site();
    let ada = site.signed_in("1").await;
    let page = ada.get("/").await;
    let page = page.submit("/sign-out", &[]).await;
    page.assert_signed_out();
    page.follow().await.assert_says("You are signed out.");
}

#[tokio::test]
async fn without_the_box_the_browser_forgets() {
    let site = site();
    let ada = site.browser();
    ada.get("/sign-in").await.submit("/sign-in", RIGHT).await.assert_signed_in("1");
    ada.restart();
    ada.get("/").await.assert_redirects_to("/sign-in?next=%2F");
}

#[tokio::test]
async fn a_lost_phone_is_ended_from_the_list_and_nobody_elses() {
    let site = site();
    let (laptop, phone) = (site.signed_in("1").await, site.signed_in("1").await);
    let bob = site.signed_in("2").await;
    let page = laptop.get("/devices").await;
    let [own, lost, other] = [laptop.look().await, phone.look().await, bob.look().await];
    page.assert_says(&format!("{} (this one)", own.handle().unwrap()))
        .assert_says(&lost.handle().unwrap().to_string())
        .assert_does_not_say(&format!("{} (this one)", lost.handle().unwrap()))
        .assert_does_not_say(&other.handle().unwrap().to_string());
    for handle in [lost, other].map(|look| look.handle().unwrap().to_hex()) {
        page.submit("/devices", &[("handle", &handle)]).await.assert_redirects_to("/devices");
    }
    phone.look().await.assert_ended();
    bob.look().await.assert_signed_in("2");
    laptop.look().await.assert_signed_in("1");
}

#[tokio::test]
async fn another_site_cannot_sign_anybody_out() {
    let site = site();
    let ada = site.signed_in("1").await;
    ada.post("/sign-out").await.assert_status(403).assert_signed_in("1");
    let forged = ada.post("/sign-out").from("https://evil.example").await;
    forged.assert_status(403).assert_not_saved();
}

#[tokio::test]
async fn a_store_that_fails_is_told_by_the_status() {
    let site = site();
    let ada = site.signed_in("1").await;
    site.faults().fail_next(Operation::List);
    ada.get("/devices").await.assert_status(503).assert_signed_in("1");
}
