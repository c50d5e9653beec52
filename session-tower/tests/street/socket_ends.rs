//! A socket learns that its session has ended, and what others wrote to it.

use crate::harness::{Browser, Site, Socket, hours, minutes, seconds};

/// What ends a session whose socket is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    All,
    One,
    SignOut,
    Idle,
    Absolute,
    SignInAsAnother,
    SignInAgain,
}

const ENDS: [End; 7] =
    [End::All, End::One, End::SignOut, End::Idle, End::Absolute, End::SignInAsAnother, End::SignInAgain];

async fn end(how: End, site: &Site, ada: &mut Browser) {
    let sessions = site.layer.sessions();
    match how {
        End::All => assert_eq!(sessions.end_all("ada").await.unwrap(), 1),
        End::One => {
            let handle = sessions.of("ada").await.unwrap()[0].handle;
            assert!(sessions.end("ada", handle).await.unwrap());
        }
        End::SignOut => assert_eq!(ada.post("/sign-out", "").await.status, 200),
        End::Idle => site.time.pass(minutes(5) + seconds(1)),
        End::Absolute => {
            for _ in 0..(12 * 15) {
                site.time.pass(minutes(4));
                ada.who().await;
            }
        }
        End::SignInAsAnother => assert_eq!(ada.get("/sign-in/bob").await.status, 200),
        End::SignInAgain => assert_eq!(ada.get("/sign-in/ada").await.status, 200),
    }
}

#[tokio::test]
async fn a_socket_is_told_that_its_session_has_ended() {
    for path in ["/ws", "/lazy-ws"] {
        for command in ["refresh", "check"] {
            for how in ENDS {
                let site = Site::start(|_| {}).await;
                let mut ada = site.ada().await;
                let mut socket = ada.socket(path).await;
                assert_eq!(socket.ask(command).await, "Ok(Alive)");
                end(how, &site, &mut ada).await;
                let said = socket.ask(command).await;
                assert!(said.starts_with("Ok(Ended("), "{path} {command} {how:?}: {said}");
                assert_eq!(socket.ask("owner").await, "nobody", "{path} {command} {how:?}");
                let again = socket.ask(command).await;
                assert!(
                    again.starts_with("Ok(Ended("),
                    "it does not come back: {path} {command} {how:?}: {again}"
                );
                // What it writes now is not stored, and it is told so.
                socket.ask("write").await;
                let saved = socket.ask("save").await;
                assert!(!saved.starts_with("Committed") && !saved.starts_with("Created"), "{how:?}: {saved}");
            }
        }
    }
}

async fn refreshed(socket: &mut Socket) -> String {
    assert_eq!(socket.ask("refresh").await, "Ok(Alive)");
    socket.ask("n").await
}

#[tokio::test]
async fn a_socket_sees_what_others_wrote_and_they_see_what_it_wrote() {
    let site = Site::start(|_| {}).await;
    let mut ada = site.ada().await;
    let (mut first, mut second) = (ada.socket("/ws").await, ada.clone().socket("/ws").await);
    ada.get("/write").await;
    assert_eq!((refreshed(&mut first).await, refreshed(&mut second).await), ("1".to_owned(), "1".to_owned()));
    first.ask("write").await;
    // A change that is not saved yet is replayed on what others wrote.
    ada.get("/write").await;
    assert_eq!(refreshed(&mut first).await, "3");
    assert!(first.ask("save").await.starts_with("Committed"));
    assert_eq!(refreshed(&mut second).await, "3");
    assert_eq!(ada.who().await, "ada 3");
}

#[tokio::test]
async fn a_socket_follows_rotations_by_age() {
    let site = Site::start(|settings| {
        settings.rotate_after = Some(minutes(15));
        settings.idle = hours(1);
        settings.absolute = hours(24);
        settings.on_reuse = session_core::config::OnReuse::EndFamily;
    })
    .await;
    let mut ada = site.ada().await;
    let mut socket = ada.socket("/ws").await;
    for round in 1..=8 {
        site.time.pass(minutes(16));
        ada.get("/write").await;
        site.time.pass(minutes(16));
        assert_eq!(refreshed(&mut socket).await, round.to_string());
    }
    assert_eq!(ada.who().await, "ada 8");
}

#[tokio::test]
async fn a_check_is_not_a_use() {
    let site = Site::start(|_| {}).await;
    let mut ada = site.ada().await;
    let mut socket = ada.socket("/ws").await;
    for _ in 0..14 {
        site.time.pass(seconds(20));
        assert_eq!(socket.ask("check").await, "Ok(Alive)");
    }
    site.time.pass(seconds(21));
    assert!(socket.ask("check").await.starts_with("Ok(Ended("));
    assert_eq!(ada.who().await, "nobody 0");
}
