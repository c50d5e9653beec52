use session_testing::Browser;

use crate::visitor::{add, between, sign_in, site, submit};

#[tokio::test]
async fn the_session_page_tells_what_there_is() {
    let browser = site().browser();
    let page = browser.get("/session").await;
    page.assert_status(200).assert_says("new with this page").assert_says("Nothing yet.");
    browser.get("/").await;
    add(&browser, "mug").await;
    sign_in(&browser, "Ada").await.assert_redirects_to("/");

    let page = browser.get("/session").await;
    page.assert_status(200)
        .assert_says("known from an earlier page")
        .assert_says("<strong>Ada</strong>, since <time datetime=")
        .assert_says("<code>{&quot;items&quot;:{&quot;mug&quot;:1}}</code>")
        .assert_says("&quot;visits&quot;: 1")
        .assert_does_not_say(&browser.cookie("AloSession").unwrap());
    assert_eq!(between(&page, "– in ", " unless you come back"), "5m");
}

#[tokio::test]
async fn a_new_id_keeps_the_session_and_kills_the_old_one() {
    let browser = site().browser();
    add(&browser, "mug").await;
    let copy = browser.stolen_copy();
    submit(&browser, "/session", "/session/new-id", &[])
        .await
        .assert_redirects_to("/session")
        .assert_rotated();
    browser.get("/session").await.assert_status(200).assert_says("Your session has a new id: it was ");
    browser.get("/cart").await.assert_status(200).assert_says("€12.90");
    copy.get("/cart").await.assert_status(200).assert_says("There is nothing in it yet");
}

#[tokio::test]
async fn an_ended_session_is_gone_here_and_there() {
    let browser = site().browser();
    add(&browser, "mug").await;
    let copy = browser.stolen_copy();
    let page = submit(&browser, "/session", "/session/end", &[]).await;
    page.assert_redirects_to("/session/ended").assert_ended().assert_cookie_removed();
    let page = page.follow().await;
    page.assert_status(200).assert_says("Your session has ended");
    assert_eq!(page.header("set-cookie"), None);
    copy.get("/cart").await.assert_status(200).assert_says("There is nothing in it yet");
}

#[tokio::test]
async fn every_page_is_well_formed_for_those_who_listen() {
    let browser = site().browser();
    add(&browser, "mug").await;
    sign_in(&browser, "Ada").await.assert_redirects_to("/");
    for path in
        ["/", "/shop", "/cart", "/order", "/sign-in", "/devices", "/session", "/session/ended", "/nowhere"]
    {
        check(&browser, path).await;
    }
}

async fn check(browser: &Browser, path: &str) {
    let body = browser.get(path).await.text();
    let once = |text: &str| assert_eq!(body.matches(text).count(), 1, "{text} in {path}");
    ["<html lang=\"en\">", "<title>", "<h1>", "<main id=\"main\">", "<nav aria-label=", "href=\"#main\""]
        .iter()
        .for_each(|text| once(text));
    assert!(!body.contains("<script") && !body.contains("style=") && !body.contains(" onclick"));
    let fields = body.split("<input ").skip(1).map(|rest| rest.split('>').next().unwrap());
    for field in fields.filter(|field| !field.contains(r#"type="hidden""#)) {
        let id = field.split(r#"id=""#).nth(1).and_then(|rest| rest.split('"').next());
        once(&format!(r#"for="{}""#, id.expect("a field needs an id for its label")));
    }
}
