//! The server functions as a browser calls them.

use alo_session::SessionLayer;
use axum::Router;
use example_dioxus::app;
use session_testing::Site;

fn site() -> Site {
    Site::new(|sessions: SessionLayer| -> Router { app(sessions) })
}

#[tokio::test]
async fn a_function_reads_and_changes_the_session() {
    let site = site();
    let (ada, bob) = (site.browser(), site.browser());
    assert_eq!(ada.post("/api/visit").by_script().await.json::<u32>(), 1);
    let page = ada.post("/api/visit").by_script().await;
    page.assert_saved().assert_holds("visits", 2);
    assert_eq!(bob.post("/api/visit").by_script().await.json::<u32>(), 1);
}

#[tokio::test]
async fn a_function_asks_who_is_signed_in() {
    let site = site();
    let ada = site.browser();
    ada.get("/api/account").by_script().await.assert_status(401).assert_says("Please sign in first.");
    ada.post("/api/visit").by_script().await;
    let page = ada.post("/api/sign-in").json(&[("name", "ada")].into_iter().collect::<Fields>()).await;
    page.assert_rotated().assert_signed_in("ada").assert_holds("visits", 1);
    assert_eq!(ada.get("/api/account").by_script().await.json::<String>(), "ada");
}

type Fields = std::collections::BTreeMap<&'static str, &'static str>;

#[tokio::test]
async fn what_a_function_changed_before_it_failed_is_dropped() {
    let site = site();
    let ada = site.signed_in("ada").with("visits", 1).await;
    ada.post("/api/fail").by_script().await.assert_status(403).assert_not_saved().assert_holds("visits", 1);
}

#[tokio::test]
async fn another_site_cannot_call_a_function() {
    let site = site();
    let ada = site.signed_in("ada").await;
    let forged = ada.post("/api/visit").form(&[]).from("https://evil.example");
    forged.await.assert_status(403).assert_not_saved();
}
