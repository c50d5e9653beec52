//! What an application may ask about a request: how it arrived.

use session_core::config::{OnMismatch, OnReuse, SameSite};
use session_testservers::jar::{Place, Trip};

use crate::harness::{Browser, Page, Raw, Site, browser::WINDOWS, hours, seconds};

async fn arrival(browser: &mut Browser) -> String {
    browser.get("/arrival").await.body
}

/// Asks with the cookies that the browser had before.
async fn late(browser: &Browser, site: &Site) -> Page {
    browser.dress(Raw::get("/arrival"), &Trip::to(&browser.home)).send(site.server).await
}

#[tokio::test]
async fn an_application_can_ask_how_a_request_arrived() {
    let site = Site::start(|_| {}).await;
    let mut ada = site.browser();
    assert_eq!(arrival(&mut ada).await, "New");
    ada.get("/write").await;
    assert_eq!(arrival(&mut ada).await, "Known");
    let visitor = ada.clone();
    ada.get("/sign-in/ada").await;
    assert_eq!(late(&visitor, &site).await.body, "Superseded");
    let signed_in = ada.clone();
    ada.post("/sign-out", "").await;
    assert_eq!(late(&signed_in, &site).await.body, "Ended(SignOut)");
    ada.get("/sign-in/ada").await;
    let ended = ada.clone();
    site.time.pass(seconds(301));
    assert_eq!(late(&ended, &site).await.body, "Expired");
    site.time.pass(hours(24));
    assert_eq!(late(&ended, &site).await.body, "Expired");
}

#[tokio::test]
async fn another_browser_arrives_rejected() {
    for on_mismatch in [OnMismatch::Reject, OnMismatch::Destroy] {
        let site = Site::start(|settings| settings.fingerprint.on_mismatch = on_mismatch).await;
        let mut thief = site.ada().await;
        thief.headers = WINDOWS;
        assert_eq!(arrival(&mut thief).await, "Rejected(Fingerprint)", "{on_mismatch:?}");
    }
}

#[tokio::test]
async fn an_id_after_its_grace_arrives_reused() {
    let site = Site::start(|settings| {
        settings.rotate_after = Some(seconds(60));
        settings.on_reuse = OnReuse::Report;
    })
    .await;
    let mut ada = site.ada().await;
    let old = ada.clone();
    site.time.pass(seconds(61));
    ada.who().await;
    assert_eq!(late(&old, &site).await.body, "Known", "within the grace");
    site.time.pass(seconds(11));
    assert_eq!(late(&old, &site).await.body, "Reused");
}

#[tokio::test]
async fn a_request_that_another_site_makes_arrives_from_there() {
    for same_site in [SameSite::Lax, SameSite::Strict, SameSite::None] {
        let site = Site::start(|settings| settings.cookie.same_site = same_site).await;
        let mut visitor = site.browser();
        let pay = Place::parse("https://pay.example/");
        let link = Trip::to(&visitor.home).from(&pay);
        let image = link.clone().inside(&pay);
        let held_back = |trip: &Trip, is: bool| (trip.clone(), if is { "CrossSite" } else { "New" });
        for (trip, expected) in [
            held_back(&Trip::to(&visitor.home), false),
            held_back(&link, same_site == SameSite::Strict),
            held_back(&image, same_site != SameSite::None),
        ] {
            let page = visitor.send(Raw::get("/arrival"), &trip).await;
            assert_eq!(page.body, expected, "{same_site:?} {trip:?}");
        }
    }
}
