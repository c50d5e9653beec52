//! A real server and a raw client: what is on the wire, and what is committed when.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::ws::{Message, WebSocketUpgrade},
    response::Response,
    routing::{get, post},
};
use common::{ProbeStore, log};
use session_core::SessionConfig;
use session_tower::{CsrfLayer, CsrfToken, Session, SessionFailure, SessionLayer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// A connection that sends what it is told, byte for byte.
struct Client(TcpStream);

impl Client {
    async fn send(server: SocketAddr, request: &str) -> Self {
        let mut stream = TcpStream::connect(server).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        Self(stream)
    }

    /// The head of the response, the session's cookie told to the log as a secret.
    async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        if let Some(cookie) = cookie(&head) {
            log::keep_secret(cookie.split_once('=').unwrap().1);
        }
        head
    }

    async fn rest(mut self) -> String {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).await.unwrap();
        rest
    }
}

async fn exchange(server: SocketAddr, request: &str) -> (String, String) {
    let mut client = Client::send(server, request).await;
    (client.head().await, client.rest().await)
}

async fn get_with(server: SocketAddr, path: &str, cookies: &[&str]) -> (String, String) {
    let cookies: String = cookies.iter().map(|cookie| format!("Cookie: {cookie}\r\n")).collect();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{cookies}Connection: close\r\n\r\n");
    exchange(server, &request).await
}

/// `name=value` of the session's cookie that a head sets.
fn cookie(head: &str) -> Option<&str> {
    pair(head, "AloSession=")
}

fn pair<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut cookies = head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    cookies.find(|cookie| cookie.starts_with(name))?.split(';').next()
}

async fn serve(app: Router) -> SocketAddr {
    log::capture();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn count(session: Session) -> Result<String, SessionFailure> {
    Ok(session
        .update("count", |count: &mut u32| {
            *count += 1;
            *count
        })?
        .to_string())
}

async fn state(session: Session) -> Result<String, SessionFailure> {
    Ok(session.get::<String>("state")?.unwrap_or("none".into()))
}

async fn set_state(session: &Session, state: &str) -> Result<(), axum::Error> {
    session.set("state", state).map_err(axum::Error::new)
}

#[tokio::test]
async fn a_counter_over_the_wire() {
    let store = ProbeStore::default();
    let app = Router::new().route("/", get(count)).route("/untouched", get(async || "hello"));
    let server = serve(app.layer(SessionLayer::new(store.clone(), SessionConfig::default()))).await;
    let (head, body) = get_with(server, "/", &[]).await;
    assert!(head.starts_with("HTTP/1.1 200") && body == "1", "{head}{body}");
    assert!(head.contains("cache-control: no-store") && head.contains("vary: cookie"), "{head}");
    let cookie = cookie(&head).unwrap();
    let (head, body) = get_with(server, "/", &["theme=dark", cookie]).await;
    assert!(body == "2" && !head.contains("set-cookie"), "{head}{body}");
    let (_, body) =
        get_with(server, "/", &["AloSession=\u{e9}\u{e8}; a=b", &format!("{cookie}; {cookie}")]).await;
    assert_eq!(body, "3");
    store.calls();
    let (head, body) = get_with(server, "/untouched", &[cookie]).await;
    assert!(body == "hello" && !head.contains("vary") && !head.contains("cache-control"), "{head}");
    assert_eq!(store.calls(), (0, 0));
    log::assert_discreet();
    assert!(log::secrets() > 0);
}

#[tokio::test]
async fn a_form_over_the_wire_needs_its_token() {
    let app = Router::new()
        .route(
            "/token",
            get(async |token: CsrfToken| Ok::<_, SessionFailure>(token.text()?.as_str().to_owned())),
        )
        .route("/order", post(async |body: String| body))
        .layer(CsrfLayer::new())
        .layer(SessionLayer::new(ProbeStore::default(), SessionConfig::default()));
    let server = serve(app).await;
    let (head, token) = get_with(server, "/token", &[]).await;
    log::keep_secret(&token);
    assert_eq!(cookie(&head), None, "looking at a form makes no session");
    let cookie = pair(&head, "AloSession-csrf=").unwrap();
    log::keep_secret(cookie.split_once('=').unwrap().1);
    let post = |origin: &str, form: &str| {
        format!(
            "POST /order HTTP/1.1\r\nHost: {server}\r\nOrigin: {origin}\r\nCookie: {cookie}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        )
    };
    let form = format!("item=1&_csrf={token}");
    let (head, body) = exchange(server, &post(&format!("http://{server}"), &form)).await;
    assert!(head.starts_with("HTTP/1.1 200") && body == form, "{head}{body}");
    let (head, _) = exchange(server, &post("http://evil.example", &form)).await;
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    let (head, _) = exchange(server, &post(&format!("http://{server}"), "item=1")).await;
    assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    log::assert_discreet();
}

#[tokio::test]
async fn a_stream_is_committed_at_its_head_and_when_it_saves() {
    let (store, go_on) = (ProbeStore::default(), Arc::new(Notify::new()));
    let gate = Arc::clone(&go_on);
    let export = async move |session: Session| -> Result<Body, SessionFailure> {
        session.set("state", "started")?;
        let rows = async move {
            gate.notified().await;
            set_state(&session, "half").await?;
            session.save().await.map_err(axum::Error::new)?;
            set_state(&session, "lost").await?;
            Ok::<_, axum::Error>(Bytes::from("rows"))
        };
        Ok(Body::from_stream(futures_util::stream::once(rows)))
    };
    let app = Router::new().route("/export", get(export)).route("/state", get(state));
    let server = serve(app.layer(SessionLayer::new(store.clone(), SessionConfig::default()))).await;
    let mut client =
        Client::send(server, "GET /export HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
    let head = client.head().await;
    let cookie = cookie(&head).unwrap();
    assert_eq!(get_with(server, "/state", &[cookie]).await.1, "started", "the head is out, the body is not");
    go_on.notify_one();
    assert!(client.rest().await.contains("rows"));
    assert_eq!(get_with(server, "/state", &[cookie]).await.1, "half", "what was not saved is not stored");
    log::assert_discreet();
}

#[tokio::test]
async fn a_session_that_begins_after_the_head_has_no_cookie_and_a_warning() {
    let store = ProbeStore::default();
    let late = async |session: Session| {
        let rows = async move {
            set_state(&session, "late").await?;
            session.save().await.map_err(axum::Error::new)?;
            Ok::<_, axum::Error>(Bytes::from("rows"))
        };
        Body::from_stream(futures_util::stream::once(rows))
    };
    let app = Router::new().route("/late", get(late));
    let server = serve(app.layer(SessionLayer::new(store.clone(), SessionConfig::default()))).await;
    let (head, body) = get_with(server, "/late", &[]).await;
    assert!(body.contains("rows") && cookie(&head).is_none(), "{head}{body}");
    assert!(log::contains("the browser cannot learn of it"));
}

#[tokio::test]
async fn a_websocket_is_committed_at_its_upgrade_and_when_it_saves() {
    let store = ProbeStore::default();
    let socket = async |session: Session, upgrade: WebSocketUpgrade| -> Result<Response, SessionFailure> {
        session.set("state", "upgraded")?;
        Ok(upgrade.on_upgrade(async move |mut socket| {
            // The client says when.
            socket.recv().await.unwrap().unwrap();
            set_state(&session, "said").await.unwrap();
            session.save().await.unwrap();
            socket.send(Message::text("saved")).await.unwrap();
        }))
    };
    let app = Router::new().route("/socket", get(socket)).route("/state", get(state));
    let server = serve(app.layer(SessionLayer::new(store.clone(), SessionConfig::default()))).await;
    let upgrade = "GET /socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut client = Client::send(server, upgrade).await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    let cookie = cookie(&head).unwrap();
    assert_eq!(get_with(server, "/state", &[cookie]).await.1, "upgraded");
    // A masked text frame of one byte, under a mask of zeros.
    client.0.write_all(&[0x81, 0x81, 0, 0, 0, 0, b'x']).await.unwrap();
    let mut frame = [0; 7];
    client.0.read_exact(&mut frame).await.unwrap();
    assert_eq!(&frame, b"\x81\x05saved");
    assert_eq!(get_with(server, "/state", &[cookie]).await.1, "said");
    log::assert_discreet();
}
