use session_testing::{Browser, Page};

use crate::visitor::{between, sign_in, site, submit};

async fn is_in(browser: &Browser) -> bool {
    browser.get("/").await.text().contains("Hello, Ada.")
}

/// The handles on the page, newest first.
fn handles(page: &Page) -> Vec<String> {
    let text = page.text();
    let values = text.split(r#"name="handle" value=""#).skip(1);
    values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_devices_of_a_name_are_listed_and_this_one_is_marked() {
    let site = site();
    let page = site.browser().get("/devices").await;
    page.assert_status(200).assert_says("Sign in to see where you are signed in.");
    let (one, other) = (site.signed_in("Ada").await, site.signed_in("Ada").await);
    site.signed_in("Bob").await;
    let page = one.get("/devices").await;
    assert_eq!(handles(&page).len(), 2);
    assert_eq!(page.text().matches("this one</span>").count(), 1);
    page.assert_status(200).assert_says("last seen <time datetime=");
    for browser in [one, other] {
        page.assert_does_not_say(&browser.cookie("AloSession").unwrap());
    }
}

#[tokio::test]
async fn one_device_is_ended_by_its_owner_and_by_nobody_else() {
    let site = site();
    let (one, other) = (site.signed_in("Ada").await, site.signed_in("Ada").await);
    let bob = site.signed_in("Bob").await;
    let newest = handles(&one.get("/devices").await).remove(0);
    let form = [("handle", newest.as_str())];
    submit(&bob, "/sign-in", "/devices/end", &form).await.assert_redirects_to("/devices");
    bob.get("/sign-in").await.assert_status(200).assert_says("You have no such session");
    submit(&site.browser(), "/sign-in", "/devices/end", &form).await.assert_status(401);
    assert!(is_in(&other).await);
    submit(&one, "/devices", "/devices/end", &form).await.assert_redirects_to("/devices");
    one.get("/devices").await.assert_status(200).assert_says(" has ended.");
    assert!(!is_in(&other).await && is_in(&one).await);
    let page = submit(&one, "/devices", "/devices/end", &[("handle", "5a5a")]).await;
    page.assert_status(422).assert_says("The form is not complete");
    one.get("/devices").await.submit("/devices/end", &[]).await.assert_redirects_to("/").assert_signed_out();
    one.get("/").await.assert_status(200).assert_says("You are signed out here.");
}

#[tokio::test]
async fn all_but_this_one_are_ended() {
    let site = site();
    let (one, other) = (site.signed_in("Ada").await, site.signed_in("Ada").await);
    one.get("/devices").await.submit("/devices/end-others", &[]).await.assert_redirects_to("/devices");
    one.get("/devices").await.assert_status(200).assert_says("Ended elsewhere: 1.");
    assert!(!is_in(&other).await && is_in(&one).await);
    let page = submit(&site.browser(), "/shop", "/devices/end-others", &[]).await;
    page.assert_status(401).assert_says("Please sign in first.");
}

#[tokio::test]
async fn all_are_ended_by_whom_has_just_signed_in() {
    let site = site();
    let (one, other) = (site.signed_in("Ada").await, site.signed_in("Ada").await);
    let page = submit(&site.browser(), "/shop", "/devices/end-all", &[]).await;
    page.assert_status(401).assert_says("Please sign in again");
    page.assert_says(r#"<a class="button" href="/sign-in">"#);
    assert!(is_in(&other).await);
    let page = one.get("/devices").await.submit("/devices/end-all", &[]).await;
    page.assert_redirects_to("/session/ended").assert_ended().assert_cookie_removed();
    assert!(!is_in(&other).await && !is_in(&one).await);
}

#[tokio::test]
async fn a_sixth_device_ends_the_oldest_and_says_so() {
    let site = site();
    let mut browsers = Vec::new();
    for _ in 0..6 {
        browsers.push(site.signed_in("Ada").await);
    }
    let newest = browsers.last().unwrap();
    assert_eq!(handles(&newest.get("/devices").await).len(), 5);
    let mut present = Vec::new();
    for browser in &browsers {
        present.push(is_in(browser).await);
    }
    assert_eq!(present, [false, true, true, true, true, true]);
    let seventh = site.browser();
    sign_in(&seventh, "Ada").await.assert_redirects_to("/");
    seventh.get("/").await.assert_status(200).assert_says("Your oldest session, ");
}

#[tokio::test]
async fn who_wants_it_stays_signed_in_for_a_month() {
    let browser = site().browser();
    let form = async || browser.get("/sign-in").await;
    let left = async || between(&browser.get("/session").await, "– in ", " unless");

    let page = form().await.submit("/sign-in", &[("name", "Ada"), ("remember", "yes")]).await;
    page.assert_redirects_to("/").assert_remembered();
    assert!(page.header("set-cookie").unwrap().contains("; Max-Age=2592000"), "{page:?}");
    assert!(left().await.starts_with("29days") || left().await == "30days");

    let page = form().await.submit("/sign-in", &[("name", "Ada")]).await;
    page.assert_redirects_to("/");
    assert!(!page.header("set-cookie").unwrap().contains("Max-Age"), "{page:?}");
    assert!(!left().await.contains("days"));
}
