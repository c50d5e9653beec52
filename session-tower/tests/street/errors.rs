//! A page that ends in an error is a use of the session like any other.

use crate::harness::{Site, seconds};

#[tokio::test]
async fn pages_that_fail_count_as_use_and_what_they_changed_does_not() {
    for status in [200, 204, 304, 400, 404, 408, 500, 502, 503, 504] {
        let site = Site::start(|_| {}).await;
        let mut ada = site.ada().await;
        for _ in 0..20 {
            site.time.pass(seconds(200));
            let page = ada.get(&format!("/status/{status}")).await;
            assert_eq!(page.status, status);
        }
        assert_eq!(ada.who().await, "ada 0", "{status}");
    }
}

#[tokio::test]
async fn an_outage_of_something_else_signs_nobody_out() {
    let site = Site::start(|settings| settings.idle = seconds(10)).await;
    let mut ada = site.ada().await;
    for _ in 0..10 {
        site.time.pass(seconds(2));
        ada.get("/status/500").await;
    }
    assert_eq!(ada.who().await, "ada 0");
}

#[tokio::test]
async fn a_persistent_cookie_outlives_an_outage() {
    let site = Site::start(|settings| settings.cookie.persistent = true).await;
    let mut ada = site.ada().await;
    for _ in 0..20 {
        site.time.pass(seconds(100));
        ada.get("/status/503").await;
    }
    assert_eq!(ada.who().await, "ada 0");
}

#[tokio::test]
async fn refused_forms_count_as_use() {
    let site = Site::protected(|_| {}).await;
    let mut ada = site.ada().await;
    for _ in 0..20 {
        site.time.pass(seconds(100));
        let page = ada.post("/write", "").await;
        assert_eq!(page.status, 403);
    }
    assert_eq!(ada.who().await, "ada 0");
}
