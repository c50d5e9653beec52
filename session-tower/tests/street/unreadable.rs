//! A record that cannot be read: there is a way on for the browser, and the record stays as it is.

use session_core::{config::OnUnreadable, store::Operation};

use crate::harness::{Fate, Raw, Site, browser::IPHONE};

#[tokio::test]
async fn a_good_cookie_behind_an_unreadable_one_is_used() {
    let site = Site::start(|_| {}).await;
    let (bad, good) = (site.ada().await.cookie(), site.ada().await.cookie());
    for path in ["/who", "/write", "/form"] {
        site.odd.next(Operation::Load, Fate::Damage);
        let request = Raw::get(path).headers(IPHONE).header("Cookie", &format!("{bad}; {good}"));
        let page = request.send(site.server).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
    }
    let request = Raw::get("/who").headers(IPHONE).header("Cookie", &good);
    assert_eq!(request.send(site.server).await.body, "ada 1");
}

#[tokio::test]
async fn by_default_a_page_says_that_it_cannot_read_and_changes_nothing() {
    let site = Site::start(|_| {}).await;
    let mut ada = site.ada().await;
    site.odd.always(Operation::Load, Fate::Damage);
    for path in ["/who", "/write", "/form", "/sign-in/ada"] {
        let page = ada.get(path).await;
        assert_eq!((page.status, page.session_cookies().len()), (500, 0), "{path}");
    }
    site.odd.always(Operation::Load, Fate::Pass);
    assert_eq!(ada.who().await, "ada 0", "once it can be read again, nothing is lost");
}

#[tokio::test]
async fn a_site_may_start_anew_and_the_record_stays() {
    let site = Site::start(|settings| settings.on_unreadable = OnUnreadable::StartAnew).await;
    let mut ada = site.ada().await;
    let mut before = ada.clone();
    site.odd.always(Operation::Load, Fate::Damage);
    assert_eq!(ada.get("/arrival").await.body, "Unreadable");
    assert_eq!(ada.who().await, "nobody 0");
    assert_eq!(ada.get("/write").await.session_cookies().len(), 1);
    site.odd.always(Operation::Load, Fate::Pass);
    assert_eq!(ada.who().await, "nobody 1");
    assert_eq!(before.who().await, "ada 0", "the old record is untouched");
}

#[tokio::test]
async fn a_limit_that_was_lowered_binds_writing_and_not_reading() {
    let site = Site::with(
        |settings| settings.limits.max_bytes = 4 << 20,
        |app, layer| app.route("/big", axum::routing::get(big)).layer(layer),
    )
    .await;
    let mut ada = site.ada().await;
    assert_eq!(ada.get("/big").await.status, 200);
    let lowered = site.twin(|_| {}).await;
    ada.server = lowered.server;
    assert_eq!(ada.who().await, "ada 0");
    assert_eq!(lowered.layer.sessions().of("ada").await.unwrap().len(), 1);
    assert_eq!(ada.post("/sign-out", "").await.status, 200);
    assert_eq!(ada.who().await, "nobody 0");
}

async fn big(session: session_tower::Session) -> crate::harness::site::Answer {
    session.set("big", "x".repeat(2 << 20))?;
    Ok("big".to_owned())
}

#[tokio::test]
async fn one_unreadable_session_does_not_hide_the_owners_list_and_can_be_ended() {
    let site = Site::start(|_| {}).await;
    let mut browsers = [site.ada().await, site.ada().await, site.ada().await];
    site.odd.always(Operation::List, Fate::Damage);
    let sessions = site.layer.sessions();
    let listed = sessions.of("ada").await.unwrap();
    assert_eq!(listed.len(), 3, "the unreadable one is in the list");
    for info in &listed {
        assert!(sessions.end("ada", info.handle).await.unwrap(), "{:?}", info.handle);
    }
    site.odd.always(Operation::List, Fate::Pass);
    for browser in &mut browsers {
        assert_eq!(browser.who().await, "nobody 0");
    }
}
