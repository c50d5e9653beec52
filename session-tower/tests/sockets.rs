//! Sessions of websockets and streams: they know the time, and learn that they have ended.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, routing::get};
use common::{Browser, Clock};
use session_core::{exchange::Liveness, observe::EndedBy, session::Arrival};
use session_tower::{Session, SessionFailure, SessionLayer};

type Sockets = Arc<Mutex<Vec<Session>>>;

/// `/socket` keeps its session, as a websocket does.
fn site(layer: &SessionLayer, sockets: &Sockets) -> Router {
    let sockets = Arc::clone(sockets);
    let count = async |session: Session| -> Result<String, SessionFailure> {
        Ok(session
            .update("n", |n: &mut u32| {
                *n += 1;
                *n
            })?
            .to_string())
    };
    let fresh = async |session: Session| -> Result<(), SessionFailure> {
        Ok(session.require_fresh(Duration::from_secs(60))?)
    };
    Router::new()
        .route("/sign-in", get(async |session: Session| session.login("ada").map_err(SessionFailure::from)))
        .route("/sign-out", get(async |session: Session| session.logout().map_err(SessionFailure::from)))
        .route("/", get(async |session: Session| format!("{:?}", session.owner())))
        .route("/count", get(count))
        .route("/fresh", get(fresh))
        .route("/socket", get(async move |session: Session| sockets.lock().unwrap().push(session)))
        .layer(layer.clone())
}

async fn open(layer: &SessionLayer) -> (Browser, Session) {
    let sockets = Sockets::default();
    let mut ada = Browser::new(&site(layer, &sockets));
    ada.get("/sign-in").await;
    ada.get("/socket").await;
    let socket = sockets.lock().unwrap().pop().unwrap();
    (ada, socket)
}

#[tokio::test]
async fn every_end_is_an_answer() {
    for (end, how) in [
        ("end one", Arrival::Ended(EndedBy::Application)),
        // One step for any number of sessions, which leaves nothing for each.
        ("end all", Arrival::Expired),
        ("sign out", Arrival::Ended(EndedBy::SignOut)),
        ("expire", Arrival::Expired),
    ] {
        let clock = Clock::default();
        let layer = clock.layer(|_| {});
        let (mut ada, socket) = open(&layer).await;
        assert_eq!(socket.refresh().await.unwrap(), Liveness::Alive);
        match end {
            "end one" => drop(
                layer
                    .sessions()
                    .end("ada", layer.sessions().of("ada").await.unwrap()[0].handle)
                    .await
                    .unwrap(),
            ),
            "end all" => drop(layer.sessions().end_all("ada").await.unwrap()),
            "sign out" => drop(ada.get("/sign-out").await),
            _ => clock.pass(11),
        }
        let Liveness::Ended(seen) = socket.check().await.unwrap() else {
            panic!("{end}: it is said to live");
        };
        assert_eq!(seen, how, "{end}");

        assert_eq!((socket.owner(), socket.get::<u32>("n").unwrap()), (None, None), "{end}");
        assert!(matches!(socket.refresh().await.unwrap(), Liveness::Ended(_)), "{end}");
    }
}

#[tokio::test]
async fn a_socket_in_use_keeps_its_session_alive_whatever_others_write() {
    let clock = Clock::default();
    let layer = clock.layer(|settings| {
        settings.rotate_after = Some(Duration::from_secs(7));
        settings.grace = Duration::from_secs(5);
    });
    let (mut ada, socket) = open(&layer).await;
    for step in 1..=20 {
        clock.pass(2);
        if step % 5 == 1 {
            ada.get("/count").await;
        }
        assert_eq!(socket.refresh().await.unwrap(), Liveness::Alive, "{step}");
        assert_eq!(
            socket.get::<u32>("n").unwrap(),
            Some(u32::div_ceil(step, 5)),
            "what others write is seen"
        );
    }
    assert_eq!(ada.get("/").await.body, "Some(\"ada\")");
}

#[tokio::test]
async fn its_time_is_that_of_the_moment() {
    let clock = Clock::default();
    let layer = clock.layer(|settings| settings.idle = Duration::from_secs(9999));
    let (mut ada, socket) = open(&layer).await;
    let minute = Duration::from_secs(60);
    socket.require_fresh(minute).unwrap();
    let token = socket.tokens().create("order", Some(minute)).unwrap();
    assert!(socket.tokens().verify("order", token.as_str()).unwrap());
    clock.pass(61);
    socket.require_fresh(minute).unwrap_err();
    assert!(!socket.tokens().verify("order", token.as_str()).unwrap());
    assert_eq!(ada.get("/fresh").await.status.as_u16(), 403);
    let token = socket.tokens().create("order", Some(minute)).unwrap();
    assert!(socket.tokens().verify("order", token.as_str()).unwrap(), "it is not dead when it is made");
}

#[tokio::test(start_paused = true)]
async fn waiting_for_the_end_is_no_use_of_the_session() {
    let clock = Clock::default();
    let (_ada, socket) = open(&clock.layer(|_| {})).await;
    let start = tokio::time::Instant::now();
    let waiting = tokio::spawn(async move { socket.ended(Duration::from_secs(3)).await });
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_secs(3)).await;
        clock.pass(3);
    }
    assert_eq!(waiting.await.unwrap(), Arrival::Expired);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_loop_that_is_busy_learns_of_the_end_too() {
    let clock = Clock::default();
    let layer = clock.layer(|_| {});
    let (_ada, socket) = open(&layer).await;
    layer.sessions().end_all("ada").await.unwrap();
    // Messages come more often than the interval ends.
    for message in 0.. {
        tokio::select! {
            how = socket.ended(Duration::from_secs(10)) => {
                assert!(matches!(how, Arrival::Ended(_) | Arrival::Expired), "{how:?}");
                break;
            }
            () = tokio::time::sleep(Duration::from_secs(1)) => assert!(message < 12, "it is never told"),
        }
    }
}
