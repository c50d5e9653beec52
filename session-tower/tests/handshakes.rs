//! Handshakes of websockets: a page of another site opens none with the visitor's cookie, over HTTP/1.1 and HTTP/2.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::net::SocketAddr;

use axum::{
    Router,
    extract::ws::WebSocketUpgrade,
    http::{Method, Request, StatusCode},
    response::Response,
    routing::any,
};
use bytes::Bytes;
use common::log;
use http_body_util::Empty;
use hyper::ext::Protocol;
use hyper_util::rt::{TokioExecutor, TokioIo};
use session_core::{SessionConfig, config::SameSite};
use session_memory::MemoryStore;
use session_tower::{CsrfLayer, Session, SessionFailure, SessionLayer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

async fn socket(session: Session, upgrade: WebSocketUpgrade) -> Result<Response, SessionFailure> {
    session.set("opened", true)?;
    Ok(upgrade.on_upgrade(async |_| ()))
}

/// Serves an application that is embedded elsewhere, so that every site's requests carry its cookie.
async fn serve(csrf: CsrfLayer) -> SocketAddr {
    log::capture();
    let config = SessionConfig::with(|settings| settings.cookie.same_site = SameSite::None).unwrap();
    let app = Router::new()
        .route("/ws", any(socket))
        .layer(csrf)
        .layer(SessionLayer::new(MemoryStore::new(), config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
    address
}

/// The status of a handshake over HTTP/1.1.
async fn http_1(server: SocketAddr, headers: &[(&str, &str)]) -> u16 {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    String::from_utf8_lossy(&start)["HTTP/1.1 ".len()..].parse().unwrap()
}

/// The status of a handshake over HTTP/2, as RFC 8441 has it.
async fn http_2(server: SocketAddr, headers: &[(&str, &str)]) -> u16 {
    let stream = TokioIo::new(TcpStream::connect(server).await.unwrap());
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    // After a response the server's settings are known, which allow the protocol.
    let plain = Request::get("https://shop.example/").body(Empty::<Bytes>::new()).unwrap();
    assert_eq!(client.send_request(plain).await.unwrap().status(), StatusCode::NOT_FOUND);
    let mut request = Request::builder()
        .method(Method::CONNECT)
        .uri("https://shop.example/ws")
        .extension(Protocol::from_static("websocket"))
        .header("sec-websocket-version", "13");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap().status().as_u16()
}

const CASES: [(&[(&str, &str)], bool); 9] = [
    (&[], true),
    (&[("Origin", "https://shop.example")], true),
    (&[("Origin", "https://shop.example"), ("Sec-Fetch-Site", "same-origin")], true),
    (&[("Origin", "https://partner.example")], true),
    (&[("Origin", "https://evil.example")], false),
    (&[("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")], false),
    (&[("Origin", "https://sub.shop.example"), ("Sec-Fetch-Site", "same-site")], false),
    (&[("Origin", "https://shop.example:8443")], false),
    (&[("Origin", "null")], false),
];

#[tokio::test]
async fn a_page_of_another_site_opens_no_socket_and_one_of_this_site_needs_no_token() {
    for csrf in [CsrfLayer::new(), CsrfLayer::origin_only(), CsrfLayer::token_only()] {
        let server = serve(csrf.allow_origin("https://partner.example").unwrap()).await;
        for (headers, opens) in CASES {
            assert_eq!(http_1(server, headers).await, if opens { 101 } else { 403 }, "HTTP/1.1 {headers:?}");
            assert_eq!(http_2(server, headers).await, if opens { 200 } else { 403 }, "HTTP/2 {headers:?}");
        }
    }
}

#[tokio::test]
async fn a_socket_for_everybody_is_chosen_by_the_application() {
    let server = serve(CsrfLayer::new().unprotected(|head| head.uri.path() == "/ws")).await;
    for (headers, _) in CASES {
        assert_eq!((http_1(server, headers).await, http_2(server, headers).await), (101, 200), "{headers:?}");
    }
    // An exemption spares the token, which a handshake has none of anyway.
    let server = serve(CsrfLayer::new().exempt(|_| true)).await;
    let foreign = [("Origin", "https://evil.example")];
    assert_eq!((http_1(server, &foreign).await, http_2(server, &foreign).await), (403, 403));
}
