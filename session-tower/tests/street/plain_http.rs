//! A `Secure` cookie on plain HTTP: the browser drops it, and the log says so once, with the cure.

use crate::harness::{Browser, Log, Site};

/// Tries to sign in twice, as a person does.
async fn sign_in_twice(site: &Site, home: &str) -> Browser {
    let mut ada = Browser::new(site.server, &site.time, home);
    for _ in 0..2 {
        let token = ada.get("/form").await.body;
        ada.post("/sign-in/ada", &format!("_csrf={token}")).await;
    }
    ada
}

/// The warnings that name the attribute.
fn about_secure(log: &Log) -> Vec<String> {
    log.lines().into_iter().filter(|line| line.starts_with("WARN") && line.contains("Secure")).collect()
}

#[tokio::test]
async fn a_sign_in_loop_over_plain_http_is_explained_once() {
    for home in
        ["http://192.168.1.5:3000/", "http://nas.lan/", "http://[fd00::7]:8080/", "http://shop.example/"]
    {
        let log = Log::start();
        let site = Site::protected(|_| {}).await;
        let ada = sign_in_twice(&site, home).await;
        assert!(ada.cookies().is_empty(), "the browser drops the cookie");
        let lines = about_secure(&log);
        assert_eq!(lines.len(), 1, "{home}: {:?}", log.lines());
        assert!(lines[0].contains("cookie.secure"), "the cure: {}", lines[0]);
    }
}

#[tokio::test]
async fn where_the_cookie_arrives_nothing_is_said() {
    for home in
        ["https://shop.example/", "http://localhost:3000/", "http://127.0.0.1:3000/", "http://app.localhost/"]
    {
        let log = Log::start();
        let site = Site::protected(|_| {}).await;
        let mut ada = sign_in_twice(&site, home).await;
        assert!(ada.who().await.starts_with("ada "), "{home}");
        assert_eq!(about_secure(&log), Vec::<String>::new(), "{home}");
    }
}

#[tokio::test]
async fn a_cookie_that_need_not_be_secure_is_not_explained() {
    let log = Log::start();
    let site = Site::protected(|settings| settings.cookie.secure = false).await;
    let mut ada = sign_in_twice(&site, "http://nas.lan/").await;
    assert!(ada.who().await.starts_with("ada "));
    assert_eq!(about_secure(&log), Vec::<String>::new());
}
