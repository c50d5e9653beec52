//! Requests that do not count: a page that polls keeps nobody signed in.

use crate::harness::{Site, minutes, seconds};

async fn site() -> Site {
    Site::with(
        |settings| {
            settings.idle = seconds(60);
            settings.rotate_after = Some(seconds(70));
        },
        |app, layer| {
            let poll = axum::routing::get(async |session: session_tower::Session| {
                session.owner().unwrap_or_default()
            });
            let tick = axum::routing::get(async |session: session_tower::Session| {
                session.set_passive(true);
                session.owner().unwrap_or_default()
            });
            let layer = layer.passive_when(|request| request.uri.path() == "/poll");
            app.route("/poll", poll).route("/tick", tick).layer(layer)
        },
    )
    .await
}

#[tokio::test]
async fn a_page_that_polls_does_not_keep_its_session_alive() {
    for path in ["/poll", "/tick"] {
        let site = site().await;
        let mut ada = site.ada().await;
        site.odd.calls();
        for _ in 0..3 {
            site.time.pass(seconds(15));
            assert_eq!(ada.get(path).await.body, "ada", "{path}");
        }
        assert_eq!(site.odd.calls().len(), 3, "{path}: a load each, and no touch");
        site.time.pass(seconds(16));
        assert_eq!(ada.get(path).await.body, "", "{path}");
        assert_eq!(ada.who().await, "nobody 0", "{path}");
    }
}

#[tokio::test]
async fn a_poll_beside_a_person_takes_nothing_away() {
    let site = site().await;
    let mut ada = site.ada().await;
    for step in 0..(minutes(15).as_secs() / 15) {
        site.time.pass(seconds(15));
        let poll = ada.get("/poll").await;
        assert_eq!((poll.body.as_str(), poll.session_cookies().len()), ("ada", 0), "a poll replaces no id");
        if step % 3 == 0 {
            assert_eq!(ada.who().await, "ada 0");
        }
    }
}
