//! The cookie has a clock of its own: a persistent cookie is renewed however the session is used.

use session_core::config::Settings;

use crate::harness::{Site, days, minutes, seconds};

fn persistent(settings: &mut Settings) {
    settings.cookie.persistent = true;
}

fn fortnight(settings: &mut Settings) {
    persistent(settings);
    settings.idle = days(14);
    settings.absolute = days(90);
}

#[tokio::test]
async fn a_page_that_writes_each_time_keeps_its_visitor() {
    for pause in [1, 20, 29, 31, 100, 299] {
        let site = Site::start(persistent).await;
        let mut ada = site.ada().await;
        for _ in 0..(1000_u64.div_ceil(pause)) {
            site.time.pass(seconds(pause));
            ada.post("/write", "").await;
        }
        assert!(ada.who().await.starts_with("ada "), "a write each {pause} s");
    }
}

#[tokio::test]
async fn one_writing_visit_a_day_keeps_its_visitor_for_sixty_days() {
    let site = Site::start(fortnight).await;
    let mut ada = site.ada().await;
    for day in 1..=60 {
        site.time.pass(days(1));
        ada.post("/write", "").await;
        assert_eq!(ada.who().await, format!("ada {day}"));
    }
}

#[tokio::test]
async fn any_mixture_of_uses_keeps_its_visitor() {
    let uses =
        ["/who", "/write", "/status/304", "/status/500", "/untouched", "/status/404", "/form", "/flash-show"];
    for rotate_after in [None, Some(days(2))] {
        let site = Site::start(|settings| {
            fortnight(settings);
            settings.rotate_after = rotate_after;
        })
        .await;
        let mut ada = site.ada().await;
        for (day, path) in (0..80).zip(uses.iter().cycle()) {
            site.time.pass(days(1));
            ada.get(path).await;
            assert!(ada.clone().who().await.starts_with("ada "), "day {day}, {path}");
        }
    }
}

#[tokio::test]
async fn a_socket_does_not_starve_the_cookie() {
    let site = Site::start(|settings| {
        persistent(settings);
        settings.idle = minutes(10);
    })
    .await;
    let mut ada = site.ada().await;
    let mut socket = ada.socket("/ws").await;
    for minute in 1..=60 {
        site.time.pass(minutes(1));
        let command = if minute % 2 == 0 { "save" } else { "write" };
        socket.ask(command).await;
        socket.ask("save").await;
        if minute % 8 == 0 {
            assert!(ada.who().await.starts_with("ada "), "minute {minute}");
        }
    }
}

#[tokio::test]
async fn writes_that_set_no_cookie_do_not_starve_it() {
    // Saved by the handler, and then the page failed: the browser may or may not have got a cookie.
    let site = Site::start(persistent).await;
    let mut ada = site.ada().await;
    let mut other_tab = ada.clone();
    for step in 1..=60 {
        site.time.pass(seconds(29));
        // The responses of the other tab never arrive.
        other_tab.post("/write", "").await;
        if step % 8 == 0 {
            assert!(ada.who().await.starts_with("ada "), "step {step}");
        }
    }
}

#[tokio::test]
async fn a_remembered_session_lives_until_its_end_and_no_longer() {
    let site = Site::start(|_| {}).await;
    let mut ada = site.ada().await;
    ada.get("/remember").await;
    for day in 1..30 {
        site.time.pass(days(1));
        ada.jar.close();
        let who = if day % 2 == 0 {
            ada.get("/write").await;
            ada.who().await
        } else {
            ada.who().await
        };
        assert!(who.starts_with("ada "), "day {day}: {who}");
    }
    site.time.pass(days(1));
    assert!(ada.who().await.starts_with("nobody "));
}

#[tokio::test]
async fn the_cookie_is_not_renewed_at_every_visit() {
    let site = Site::start(fortnight).await;
    let mut ada = site.ada().await;
    let mut renewals = 0;
    for _ in 0..100 {
        site.time.pass(minutes(10));
        renewals += ada.post("/write", "").await.set_cookies().len();
    }
    assert!(renewals <= 1, "{renewals} in 17 hours of a fortnight");
}
