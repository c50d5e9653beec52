//! Who is not signed in is led to the sign-in page by a browser, and told so by its status otherwise.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::net::SocketAddr;

use poem::{Endpoint as _, EndpointExt as _, Request, Route, Server, handler, listener::TcpAcceptor};
use poem_sessions::{Csrf, Owners, Session, SessionFailure, Sessions};
use session_core::SessionConfig;
use session_http::HttpSessions;
use session_memory::MemoryStore;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

#[handler]
async fn account(Session(session): Session, Owners(owners): Owners) -> Result<String, SessionFailure> {
    Ok(format!("devices: {}", owners.of(session.require_owner()?).await?.len()))
}

#[handler]
async fn sign_in(Session(session): Session) -> Result<&'static str, SessionFailure> {
    session.login("ada")?;
    Ok("signed in")
}

/// Starts the server, which ends with the runtime of the test.
async fn start() -> SocketAddr {
    let sessions = HttpSessions::new(MemoryStore::new(), SessionConfig::website()).sign_in_page("/sign-in");
    // Within a part of the site, where poem cuts the beginning of the path off.
    let shop = Route::new().at("/account", account).with(Csrf::default()).with(Sessions(sessions.clone()));
    let app = Route::new().nest("/shop", shop).at("/sign-in", sign_in.with(Sessions(sessions)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).unwrap()).run(app));
    address
}

async fn get(address: SocketAddr, path: &str, header: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n{header}\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    socket.read_to_string(&mut response).await.unwrap();
    response
}

fn header<'a>(response: &'a str, name: &str) -> Option<&'a str> {
    response.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn a_browser_is_led_to_the_sign_in_page_and_a_program_is_told() {
    let address = start().await;
    let browser = get(address, "/shop/account?page=2", "accept: text/html").await;
    assert!(browser.starts_with("HTTP/1.1 303 "), "{browser}");
    assert_eq!(header(&browser, "location"), Some("/sign-in?next=%2Fshop%2Faccount%3Fpage%3D2"));
    assert_eq!(header(&browser, "vary"), Some("cookie"), "the way is for one visitor");

    let program = get(address, "/shop/account", "accept: application/json").await;
    assert!(program.starts_with("HTTP/1.1 401 "), "{program}");
    assert_eq!(header(&program, "www-authenticate"), Some("Cookie"));

    let signed_in = get(address, "/sign-in", "accept: text/html").await;
    let cookie = header(&signed_in, "set-cookie").unwrap().split(';').next().unwrap();
    let page = get(address, "/shop/account", &format!("cookie: {cookie}")).await;
    assert!(page.ends_with("devices: 1"), "{page}");
}

#[tokio::test]
async fn without_the_middleware_an_error_says_what_is_missing() {
    let error = account.call(Request::default()).await.unwrap_err();
    assert_eq!(error.status().as_u16(), 500);
}
