//! Programs without cookies, over real HTTP: the id travels in a header, and no browser ever sees it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::{net::SocketAddr, slice::from_ref, time::Duration};

use axum::{
    Router,
    extract::Path,
    routing::{get, post},
};
use common::{Clock, log};
use session_core::config::Settings;
use session_tower::{CachePolicy, CsrfLayer, CsrfToken, LazySession, Session, SessionFailure, SessionLayer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

const HEADER: &str = "X-Session-Id";

type Told<T> = Result<T, SessionFailure>;

fn routes() -> Router {
    Router::new()
        .route("/", get(async |session: Session| format!("{:?} {:?}", session.owner(), session.arrival())))
        .route(
            "/n",
            get(async |session: Session| -> Told<String> { Ok(format!("{:?}", session.get::<u32>("n")?)) }),
        )
        .route("/set", get(async |session: Session| -> Told<()> { Ok(session.set("n", 1)?) }))
        .route(
            "/form",
            get(async |token: CsrfToken| -> Told<String> { Ok(token.text()?.as_str().to_owned()) }),
        )
        .route(
            "/sign-in/{owner}",
            post(async |session: Session, Path(owner): Path<String>| -> Told<()> {
                Ok(session.login(owner)?)
            }),
        )
        .route("/sign-out", post(async |session: Session| -> Told<()> { Ok(session.logout()?) }))
        .route(
            "/forget",
            post(async |session: LazySession| -> Told<String> { Ok(session.forget().await?.to_string()) }),
        )
        .route("/untouched", get(async || "static"))
}

/// A site on a socket of its own.
struct Server {
    address: SocketAddr,
    clock: Clock,
}

impl Server {
    async fn new(change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(change, |layer| layer).await
    }

    async fn with(
        change: impl FnOnce(&mut Settings),
        layered: impl FnOnce(SessionLayer) -> SessionLayer,
    ) -> Self {
        log::capture();
        let clock = Clock::default();
        let layer = clock.layer(|settings| {
            settings.id_header = Some(HEADER.to_owned());
            settings.idle = Duration::from_secs(300);
            settings.cookie.secure = false;
            change(settings);
        });
        let app = routes().layer(CsrfLayer::new()).layer(layered(layer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, clock }
    }

    /// Sends a request with these header lines.
    async fn send(&self, request: &str, lines: &[String]) -> Response {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let request = format!(
            "{request} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n{lines}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        let response = Response { head: head.to_owned(), body: body.to_owned() };
        for secret in [response.id(), response.line("set-cookie")].into_iter().flatten() {
            log::keep_secret(secret.split(';').next().unwrap().rsplit('=').next().unwrap());
        }
        log::assert_discreet();
        response
    }
}

struct Response {
    head: String,
    body: String,
}

impl Response {
    fn line(&self, name: &str) -> Option<&str> {
        self.lines(name).first().copied()
    }

    fn lines(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.filter(|(found, _)| *found == name).map(|(_, value)| value.trim()).collect()
    }

    fn id(&self) -> Option<&str> {
        self.line("x-session-id")
    }

    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }
}

/// A program that keeps the value of the last response that had the header, and knows no cookies.
#[derive(Clone, Default)]
struct Program {
    id: String,
}

impl Program {
    async fn send(&mut self, server: &Server, request: &str) -> Response {
        self.send_with(server, request, &[]).await
    }

    async fn send_with(&mut self, server: &Server, request: &str, more: &[String]) -> Response {
        let mut lines = vec![format!("{HEADER}: {}", self.id)];
        lines.extend_from_slice(more);
        let response = server.send(request, &lines).await;
        assert_eq!(response.line("set-cookie"), None, "{}", response.head);
        if let Some(id) = response.id() {
            id.clone_into(&mut self.id);
        }
        response
    }
}

/// Signs a browser in, and returns its `Cookie` line.
async fn browser(server: &Server, owner: &str) -> String {
    let form = server.send("GET /form", &[]).await;
    let beside = form.line("set-cookie").unwrap().split(';').next().unwrap();
    let lines = [format!("Cookie: {beside}"), format!("X-CSRF-Token: {}", form.body)];
    let response = server.send(&format!("POST /sign-in/{owner}"), &lines).await;
    assert_eq!((response.status(), response.id()), ("200", None), "{}", response.head);
    let cookie =
        response.lines("set-cookie").into_iter().find(|cookie| cookie.starts_with("AloSession=")).unwrap();
    format!("Cookie: {}", cookie.split(';').next().unwrap())
}

#[tokio::test]
async fn a_program_signs_in_uses_its_session_and_signs_out_without_a_cookie() {
    let server = Server::new(|_| {}).await;
    let mut program = Program::default();
    assert_eq!(program.send(&server, "GET /").await.body, "None New");
    let response = program.send(&server, "POST /sign-in/ada").await;
    assert_eq!((response.status(), response.line("cache-control")), ("200", Some("no-store")));
    assert_eq!(response.lines("vary"), ["cookie", HEADER]);
    let response = program.send(&server, "GET /").await;
    assert_eq!((response.body.as_str(), response.id()), ("Some(\"ada\") Known", None), "it is told once");
    let old = program.clone();
    assert!(program.send(&server, "POST /sign-in/ada").await.id().is_some());
    assert_eq!(old.clone().send(&server, "GET /").await.body, "None Superseded", "it was replaced");
    assert_eq!(program.send(&server, "POST /sign-out").await.id(), Some(""));
    assert_eq!(program.id, "");
    assert_eq!(program.send(&server, "GET /").await.body, "None New");
}

#[tokio::test]
async fn an_id_that_the_program_made_up_is_not_adopted() {
    let server = Server::new(|_| {}).await;
    for made_up in ["A".repeat(86), "new".to_owned(), "x".repeat(5000)] {
        let mut program = Program { id: made_up.clone() };
        program.send(&server, "GET /set").await;
        assert_ne!(program.id, made_up);
        assert_eq!(program.send(&server, "GET /n").await.body, "Some(1)");
    }
    let mut twice = Program::default();
    twice.send(&server, "POST /sign-in/ada").await;
    let line = format!("{HEADER}: {}", twice.id);
    assert_eq!(server.send("GET /", &[line.clone(), line]).await.body, "None New");
}

#[tokio::test]
async fn a_page_of_a_browser_never_gets_the_id_and_a_script_cannot_get_it_either() {
    let server = Server::new(|_| {}).await;
    let cookie = browser(&server, "ada").await;
    for path in ["/", "/set", "/form", "/untouched"] {
        assert_eq!(server.send(&format!("GET {path}"), from_ref(&cookie)).await.id(), None, "{path}");
    }
    for value in ["", "new", cookie.split_once('=').unwrap().0] {
        let mut script = Program { id: value.to_owned() };
        let response = script.send_with(&server, "GET /set", from_ref(&cookie)).await;
        let id = response.id().unwrap().to_owned();
        assert!(!cookie.contains(&id), "the session of the cookie is not told");
        assert_eq!(script.send_with(&server, "GET /", from_ref(&cookie)).await.body, "None Known");
    }
    assert_eq!(server.send("GET /", &[cookie]).await.body, "Some(\"ada\") Known");
}

#[tokio::test]
async fn with_both_the_header_counts_and_what_ends_it_ends_no_cookie() {
    let server = Server::new(|_| {}).await;
    let cookie = browser(&server, "ada").await;
    for end in ["POST /sign-out", "POST /forget"] {
        let mut program = Program::default();
        program.send_with(&server, "POST /sign-in/bob", from_ref(&cookie)).await;
        let response = program.send_with(&server, "GET /", from_ref(&cookie)).await;
        assert_eq!(response.body, "Some(\"bob\") Known");
        let old = program.clone();
        let response = program.send_with(&server, end, from_ref(&cookie)).await;
        assert_eq!((response.status(), response.id(), program.id.as_str()), ("200", Some(""), ""), "{end}");
        assert!(old.clone().send(&server, "GET /").await.body.starts_with("None"), "{end}");
        assert_eq!(server.send("GET /", from_ref(&cookie)).await.body, "Some(\"ada\") Known", "{end}");
    }
}

#[tokio::test]
async fn without_the_header_the_form_protection_stays_and_with_it_another_site_is_refused_all_the_same() {
    let server = Server::new(|_| {}).await;
    let cookie = browser(&server, "ada").await;
    assert_eq!(server.send("POST /sign-out", from_ref(&cookie)).await.status(), "403");
    let foreign = ["Origin: https://evil.example".to_owned(), "Sec-Fetch-Site: cross-site".to_owned()];
    let mut program = Program::default();
    let response = program.send_with(&server, "POST /sign-in/bob", &foreign).await;
    assert_eq!((response.status(), response.id()), ("403", None));
    let same_site = ["Sec-Fetch-Site: same-origin".to_owned()];
    assert_eq!(program.send_with(&server, "POST /sign-in/bob", &same_site).await.status(), "200");
    assert_eq!(server.send("GET /", &[cookie]).await.body, "Some(\"ada\") Known");
}

#[tokio::test]
async fn an_id_that_gets_old_is_replaced_and_the_old_one_works_for_a_moment() {
    let server = Server::new(|settings| settings.rotate_after = Some(Duration::from_secs(60))).await;
    let mut program = Program::default();
    program.send(&server, "POST /sign-in/ada").await;
    let mut slow = program.clone();
    server.clock.pass(60);
    assert!(program.send(&server, "GET /").await.id().is_some());
    let response = slow.send(&server, "GET /").await;
    assert_eq!((response.body.as_str(), response.id()), ("Some(\"ada\") Known", None));
    server.clock.pass(11);
    assert_eq!(slow.send(&server, "GET /").await.body, "None Reused");
    assert_eq!(program.send(&server, "GET /").await.body, "Some(\"ada\") Known");
}

#[tokio::test]
async fn a_response_with_an_id_is_in_no_shared_cache_and_one_without_a_session_has_neither() {
    let server = Server::with(|_| {}, |layer| layer.cache(CachePolicy::Leave)).await;
    let mut program = Program::default();
    assert_eq!(program.send(&server, "GET /set").await.line("cache-control"), Some("private"));
    assert_eq!(program.send(&server, "GET /n").await.line("cache-control"), None);
    let response = program.send(&server, "GET /untouched").await;
    assert_eq!((response.id(), response.line("vary")), (None, None));
    assert_eq!(server.send("GET /n", &[]).await.lines("vary"), ["cookie", HEADER]);
}

#[tokio::test]
async fn a_site_without_the_setting_knows_no_such_header() {
    let server = Server::new(|settings| settings.id_header = None).await;
    let response = server.send("GET /set", &[format!("{HEADER}: new")]).await;
    assert!(response.id().is_none() && response.line("set-cookie").is_some(), "{}", response.head);
    assert_eq!(response.line("vary"), Some("cookie"));
}
