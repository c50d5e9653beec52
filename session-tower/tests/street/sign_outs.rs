//! Signing out works whatever the store says.

use session_core::{config::OnUnreadable, store::Operation};
use session_memory::MemoryStore;

use crate::harness::{Fate, OddStore, Site, Time};

#[tokio::test]
async fn sign_out_ends_a_session_that_cannot_be_read() {
    let site = Site::start(|settings| settings.on_unreadable = OnUnreadable::StartAnew).await;
    let mut ada = site.ada().await;
    let mut before = ada.clone();
    site.odd.always(Operation::Load, Fate::Damage);
    let page = ada.post("/sign-out", "").await;
    assert!(page.status < 400, "{} {}", page.status, page.body);
    assert_eq!(ada.who().await, "nobody 0");
    site.odd.always(Operation::Load, Fate::Pass);
    assert_eq!(before.who().await, "nobody 0");
    assert_eq!(site.layer.sessions().of("ada").await.unwrap().len(), 0, "the session has ended");
}

#[tokio::test]
async fn sign_out_works_although_the_store_is_full_of_visitors() {
    let time = Time::new();
    let full = MemoryStore::builder().clock(time.store_clock()).max_entries(20).build().unwrap();
    let config = session_core::SessionConfig::default();
    let leave =
        axum::routing::post(async |session: session_tower::Session| -> crate::harness::site::Answer {
            session.logout()?;
            session.flash("info", "good bye")?;
            Ok("signed out".to_owned())
        });
    let site =
        Site::on(time, OddStore::new(full), config, |app, layer| app.route("/leave", leave).layer(layer))
            .await;
    let mut ada = site.ada().await;
    let mut thief = ada.clone();
    while site.browser().get("/write").await.status == 200 {}
    let page = ada.post("/leave", "").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(thief.who().await, "nobody 0");
    assert_eq!(site.layer.sessions().of("ada").await.unwrap().len(), 0);
}
