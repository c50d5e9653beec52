//! A socket in use keeps its session alive, whoever else uses the session meanwhile, and knows when it has ended.

use std::time::Duration;

use session_core::config::OnReuse;

use crate::harness::{Browser, Log, Site, minutes, seconds};

/// What others do to the session while a socket is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    Nothing,
    Read,
    Write,
    WriteTwice,
    Rotate,
    WriteAfterRotation,
    SecondSocket,
}

const OTHERS: [Others; 7] = [
    Others::Nothing,
    Others::Read,
    Others::Write,
    Others::WriteTwice,
    Others::Rotate,
    Others::WriteAfterRotation,
    Others::SecondSocket,
];

async fn interfere(others: Others, step: u32, site: &Site, ada: &mut Browser) {
    match (others, step) {
        (Others::Read | Others::Rotate, 3) => drop(ada.get("/who").await),
        (Others::Write, 2) | (Others::WriteTwice, 2 | 5) | (Others::WriteAfterRotation, 3 | 4) => {
            ada.post("/write", "").await;
        }
        (Others::SecondSocket, 2) => {
            let mut second = ada.clone().socket("/ws").await;
            second.ask("write").await;
            assert!(second.ask("save").await.starts_with("Committed"), "{}", site.store.len());
        }
        _ => {}
    }
}

/// A frame each fifth of idle, for 2.4 times idle, each followed by `command`.
async fn alive_after(path: &str, command: &str, others: Others) -> (String, Vec<String>) {
    let site = Site::start(|settings| {
        settings.idle = seconds(10);
        settings.grace = seconds(2);
        if matches!(others, Others::Rotate | Others::WriteAfterRotation) {
            settings.rotate_after = Some(seconds(5));
        }
    })
    .await;
    let mut ada = site.ada().await;
    let mut socket = ada.socket(path).await;
    let mut said = Vec::new();
    for step in 1..=12 {
        site.time.pass(seconds(2));
        said.push(socket.ask(command).await);
        interfere(others, step, &site, &mut ada).await;
    }
    (ada.who().await, said)
}

#[tokio::test]
async fn a_socket_in_use_keeps_its_session_alive_whoever_else_writes() {
    for (path, command) in
        [("/ws", "save"), ("/lazy-ws", "save"), ("/ws", "refresh"), ("/lazy-ws", "refresh")]
    {
        for others in OTHERS {
            let (who, said) = alive_after(path, command, others).await;
            assert!(who.starts_with("ada "), "{path} {command} {others:?}: {who}, the socket said {said:?}");
            assert!(
                command == "save" || said.iter().all(|said| said == "Ok(Alive)"),
                "{path} {others:?} {said:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_socket_that_writes_keeps_its_session_alive() {
    for others in OTHERS {
        let site = Site::start(|settings| settings.idle = seconds(10)).await;
        let mut ada = site.ada().await;
        let mut socket = ada.socket("/ws").await;
        for step in 1..=12 {
            site.time.pass(seconds(2));
            socket.ask("write").await;
            assert!(socket.ask("save").await.starts_with("Committed"), "{others:?} step {step}");
            interfere(others, step, &site, &mut ada).await;
        }
        assert!(ada.who().await.starts_with("ada "), "{others:?}");
    }
}

#[tokio::test]
async fn a_session_loaded_after_the_head_is_not_rotated_behind_the_browsers_back() {
    for path in ["/ws", "/lazy-ws"] {
        let log = Log::start();
        let site = Site::start(|settings| {
            settings.rotate_after = Some(minutes(15));
            settings.idle = minutes(30);
            settings.on_reuse = OnReuse::EndFamily;
        })
        .await;
        let (mut ada, mut phone) = (site.ada().await, site.ada().await);
        let mut socket = ada.socket(path).await;
        site.time.pass(minutes(16));
        phone.who().await;
        let saved = socket.ask("save").await;
        assert_ne!(saved, "Rotated", "{path}");
        site.time.pass(seconds(11));
        assert_eq!(ada.who().await, "ada 0", "{path}: the browser; {:?}", log.lines());
        assert_eq!(phone.who().await, "ada 0", "{path}: the phone");
    }
}

#[tokio::test]
async fn a_socket_knows_what_time_it_is() {
    let site = Site::start(|settings| {
        settings.idle = minutes(300);
        settings.cookie.persistent = false;
    })
    .await;
    let mut ada = site.ada().await;
    let mut socket = ada.socket("/ws").await;
    let token = socket.ask("create t").await;
    assert_eq!(socket.ask(&format!("verify {token}")).await, "true");
    assert_eq!(socket.ask("fresh").await, "true");
    site.time.pass(Duration::from_secs(61));
    assert_eq!(socket.ask(&format!("verify {token}")).await, "false", "a token for a minute, after it");
    site.time.pass(minutes(120));
    assert_eq!(socket.ask("fresh").await, "false", "the sign-in was two hours ago");
    let token = socket.ask("create t").await;
    assert_eq!(socket.ask(&format!("verify {token}")).await, "true");
    assert!(socket.ask("save").await.starts_with("Committed"));
    let page = ada.get(&format!("/verify/{token}")).await;
    assert_eq!(page.body, "true", "a token that a socket has just made is good over HTTP");
}

#[tokio::test]
async fn a_socket_that_writes_follows_a_rotation_by_age() {
    for (first, pause) in [("save", 0), ("save", 30), ("write", 0), ("write", 30), ("write", 120)] {
        let site = Site::start(|settings| {
            settings.rotate_after = Some(seconds(60));
            settings.on_reuse = OnReuse::EndFamily;
        })
        .await;
        let mut ada = site.ada().await;
        let mut socket = ada.socket("/ws").await;
        site.time.pass(seconds(61));
        ada.who().await;
        site.time.pass(seconds(pause));
        let said = socket.ask(first).await;
        let saved = socket.ask("save").await;
        assert!(!saved.starts_with("error"), "{first}, {pause} s after the rotation: {said}, {saved}");
        assert_eq!(ada.who().await, format!("ada {}", u32::from(first == "write")), "{first}, {pause} s");
    }
}
