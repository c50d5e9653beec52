//! Answers that are lost, and clients that go away in the middle of a sign-in.

use std::num::NonZeroU32;

use session_core::store::{OnFull, Operation};
use session_testservers::jar::Trip;

use crate::harness::{Fate, Raw, Site, minutes, seconds};

#[tokio::test]
async fn a_sign_in_that_was_cut_off_does_not_lock_its_owner_out() {
    let writes = [Operation::Create, Operation::Rotate, Operation::Delete, Operation::Commit];
    for hangs in writes {
        for pause in [seconds(0), minutes(2), minutes(60 * 24)] {
            let site = Site::with(
                |settings| {
                    settings.max_sessions = NonZeroU32::new(1);
                    settings.on_full = OnFull::Refuse;
                },
                |app, layer| app.route("/stay", axum::routing::get(stay)).layer(layer),
            )
            .await;
            let mut ada = site.browser();
            ada.get("/write").await;
            site.odd.next(hangs, Fate::Hang);
            let pending = ada.dress(Raw::get("/stay"), &Trip::to(&ada.home)).begin(site.server).await;
            if !pending.hangs(&site.odd).await {
                // A sign-in makes no such call.
                break;
            }
            site.time.pass(pause);
            let page = ada.get("/stay").await;
            assert_eq!(page.status, 200, "cut off in {hangs:?}, {pause:?} later: {}", page.body);
            assert!(ada.who().await.starts_with("ada "));
        }
    }
}

async fn stay(session: session_tower::Session) -> crate::harness::site::Answer {
    session.login("ada")?;
    session.remember(seconds(30 * 86_400))?;
    Ok("welcome".to_owned())
}

#[tokio::test]
async fn lost_answers_never_lose_a_session() {
    use Operation::{Create, Delete};
    for lost in [
        &[Create, Create, Delete] as &[_],
        &[Delete, Delete, Delete],
        &[Create, Delete],
        &[Create, Create, Create],
        &[Create, Create, Delete, Delete],
        &[Delete],
    ] {
        let site = Site::start(|_| {}).await;
        let mut ada = site.browser();
        ada.get("/write").await;
        let mut before = ada.clone();
        for operation in lost {
            site.odd.next(*operation, Fate::Lose);
        }
        let page = ada.get("/sign-in/ada").await;
        let who = ada.who().await;
        if page.status == 200 {
            assert_eq!(who, "ada 1", "{lost:?}");
        }
        // A person who is told of a failure signs in again, with whatever the browser holds.
        let again = ada.get("/sign-in/ada").await;
        let (after, old) = (ada.who().await, before.who().await);
        assert!(
            after == "ada 1" || old.ends_with(" 1"),
            "{lost:?}: {} and {}; first {who}, then {after}, under the old id {old}",
            page.status,
            again.status
        );
    }
}

#[tokio::test]
async fn a_touch_that_fails_is_not_repeated_while_the_reader_waits() {
    for fate in [Fate::Fail, Fate::Lose] {
        let site = Site::start(|_| {}).await;
        let mut ada = site.ada().await;
        site.time.pass(seconds(200));
        site.odd.always(Operation::Touch, fate);
        site.odd.always(Operation::Commit, fate);
        site.odd.calls();
        assert_eq!(ada.who().await, "ada 0");
        assert_eq!(site.odd.calls().len(), 2, "{fate:?}: one load, one try to touch");
    }
}

#[tokio::test]
async fn an_unknown_outcome_invites_nobody_to_repeat_it() {
    let site = Site::start(|_| {}).await;
    let mut ada = site.ada().await;
    site.odd.always(Operation::Commit, Fate::Lose);
    site.odd.always(Operation::Load, Fate::Pass);
    let page = ada.get("/write").await;
    if page.status >= 500 {
        assert_eq!(page.all("retry-after"), Vec::<&str>::new(), "{} {}", page.status, page.body);
    }
    site.odd.always(Operation::Commit, Fate::Fail);
    let page = ada.get("/write").await;
    assert_eq!(
        (page.status, page.all("retry-after").len()),
        (503, 1),
        "nothing was done, so it may be repeated"
    );
}
