//! What a handler did can be dropped: by a time limit, by an error that the handler dealt with, by a request that only looks.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use session_core::{SessionError, config::Settings, store::OnFull};
use session_testservers::jar::Trip;
use session_tower::{Session, SessionFailure};
use tokio::sync::Notify;

use crate::harness::{Raw, Site, site::Answer};

/// A site whose `/slow` does half of its work and then waits for ever; the middleware answers in its place.
async fn cut_off(status: StatusCode) -> Site {
    let half_done = Arc::new(Notify::new());
    let told = Arc::clone(&half_done);
    let slow = async move |session: Session| -> Answer {
        session.update("n", |n: &mut u32| *n += 1)?;
        told.notify_one();
        std::future::pending::<()>().await;
        Ok("done".to_owned())
    };
    let limit = move |request: Request, next: Next| {
        let half_done = Arc::clone(&half_done);
        async move {
            tokio::select! {
                response = next.run(request) => response,
                () = half_done.notified() => status.into_response(),
            }
        }
    };
    Site::with(
        |_| {},
        |app, layer| app.route("/slow", get(slow)).layer(middleware::from_fn(limit)).layer(layer),
    )
    .await
}

#[tokio::test]
async fn half_of_a_handler_that_was_cut_off_is_not_stored() {
    for status in [408, 500, 503, 504] {
        let status = StatusCode::from_u16(status).unwrap();
        let site = cut_off(status).await;
        let mut ada = site.ada().await;
        assert_eq!(ada.get("/slow").await.status, status.as_u16());
        assert_eq!(ada.who().await, "ada 0", "{status}");
        let mut visitor = site.browser();
        visitor.get("/slow").await;
        assert_eq!(visitor.cookies().len(), 0, "{status}");
    }
}

async fn tell_full(session: Session) -> Result<Response, SessionFailure> {
    session.login("ada")?;
    match session.save().await {
        Ok(_) => Ok("welcome".into_response()),
        Err(SessionError::Full) => Ok((StatusCode::OK, "too many devices: end one of them").into_response()),
        Err(error) => Err(error.into()),
    }
}

async fn tell_too_large(session: Session) -> Result<Response, SessionFailure> {
    session.set("big", "x".repeat(1 << 20))?;
    session.set("bigger", "x".repeat(1 << 20))?;
    match session.save().await {
        Err(SessionError::Value(_)) => Ok("your file is too large".into_response()),
        other => Ok(format!("{other:?}").into_response()),
    }
}

fn one_device(settings: &mut Settings) {
    settings.max_sessions = std::num::NonZeroU32::new(1);
    settings.on_full = OnFull::Refuse;
}

#[tokio::test]
async fn an_error_that_a_handler_dealt_with_is_not_answered_again() {
    let site = Site::with(one_device, |app, layer| app.route("/tell", get(tell_full)).layer(layer)).await;
    let mut ada = site.ada().await;
    let mut phone = site.browser();
    phone.get("/write").await;
    let page = phone.get("/tell").await;
    assert_eq!((page.status, page.body.as_str()), (200, "too many devices: end one of them"));
    assert_eq!(phone.who().await, "nobody 1", "the visitor's session is as it was");
    assert_eq!(ada.who().await, "ada 0");
}

#[tokio::test]
async fn a_session_that_cannot_grow_is_told_by_the_handler() {
    let change = |settings: &mut Settings| settings.limits.max_bytes = (1 << 20) + 1000;
    let site = Site::with(change, |app, layer| app.route("/tell", get(tell_too_large)).layer(layer)).await;
    let mut ada = site.ada().await;
    let page = ada.get("/tell").await;
    // The second `set` may refuse at once; then the response is that of the failure, and the session is as before.
    assert!(page.status == 413 || page.body == "your file is too large", "{} {}", page.status, page.body);
    assert_eq!(ada.who().await, "ada 0");
}

#[tokio::test]
async fn a_request_that_only_looks_eats_no_flash_message() {
    let looks: [(&str, &[(&str, &str)]); 5] = [
        ("HEAD", &[]),
        ("GET", &[("Sec-Purpose", "prefetch")]),
        ("GET", &[("Sec-Purpose", "prefetch;prerender")]),
        ("GET", &[("Purpose", "prefetch"), ("Sec-Purpose", "prefetch;anonymous-client-ip")]),
        ("GET", &[("Purpose", "prefetch")]),
    ];
    for (method, headers) in looks {
        let site = Site::start(|_| {}).await;
        let mut ada = site.ada().await;
        ada.get("/flash").await;
        let trip = Trip::to(&ada.home.at("/flash-show")).method(method);
        for _ in 0..2 {
            let page = ada.send(Raw::new(method, "/flash-show").headers(headers), &trip).await;
            assert_eq!(page.status, 200);
        }
        assert_eq!(ada.get("/flash-show").await.body, "1", "{method} {headers:?}");
        assert_eq!(ada.get("/flash-show").await.body, "0", "a person has read it");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing_half_done() {
    let half_done = Arc::new(Notify::new());
    let told = Arc::clone(&half_done);
    let slow = async move |session: Session| -> Answer {
        session.update("n", |n: &mut u32| *n += 1)?;
        let guard = Dropped(Arc::clone(&told));
        told.notify_one();
        std::future::pending::<()>().await;
        drop(guard);
        Ok("done".to_owned())
    };
    let site = Site::with(|_| {}, |app, layer| app.route("/slow", get(slow)).layer(layer)).await;
    let mut ada = site.ada().await;
    let pending = ada.dress(Raw::get("/slow"), &Trip::to(&ada.home)).begin(site.server).await;
    half_done.notified().await;
    pending.reset();
    // The server has noticed when the handler is dropped.
    tokio::time::timeout(Duration::from_secs(60), half_done.notified()).await.unwrap();
    assert_eq!(ada.who().await, "ada 0");
}

struct Dropped(Arc<Notify>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}
