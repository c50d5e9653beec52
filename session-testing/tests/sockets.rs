//! Over real sockets: an axum server, and a program without a runtime.
#![cfg(feature = "site")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::unreachable, reason = "tests")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use alo_session::{
    Session, SessionConfig, SessionError, SessionFailure, SessionLayer, Visit, blocking::Sessions,
    store::BlockingStore,
};
use axum::{Router, routing::get};
use session_testing::{Browser, Clock, Site};

fn app(sessions: SessionLayer) -> Router {
    Router::new().route("/", get(count)).layer(sessions)
}

async fn count(session: Session) -> Result<String, SessionFailure> {
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    Ok(format!("You were here {visits} times."))
}

#[tokio::test]
async fn an_axum_server_is_visited_as_the_application_itself() {
    let site = Site::without_app(SessionConfig::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(axum::serve(listener, app(site.layer())).into_future());
    let browser = site.browser_at(&url);
    browser.get("/").await.assert_says("1 times").assert_started().assert_saved();
    browser.given().with("visits", 41).await;
    browser.get("/").await.assert_says("42 times").assert_holds("visits", 42).assert_saved();
    site.faults().down();
    browser.get("/").await.assert_status(503).assert_not_saved().assert_holds("visits", 42);
    site.faults().up();
    site.later(Duration::from_mins(6));
    browser.get("/").await.assert_says("1 times");
    // One that knows nothing of the site's sessions, as for a server that runs elsewhere.
    Browser::connect(&url).get("/").await.assert_says("1 times");
    server.abort();
}

/// Serves connections one by one, until the test ends.
fn serve(listener: &TcpListener, sessions: &Sessions<impl BlockingStore>, clock: &Clock) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let page = answer(&stream, sessions, clock);
        let page = page.unwrap_or_else(|error| format!("HTTP/1.1 503 Unavailable\r\n\r\n{error}"));
        stream.write_all(page.as_bytes()).unwrap();
    }
}

fn answer(
    stream: &TcpStream,
    sessions: &Sessions<impl BlockingStore>,
    clock: &Clock,
) -> Result<String, SessionError> {
    let lines = BufReader::new(stream).lines().map(Result::unwrap).take_while(|line| !line.is_empty());
    let head: Vec<_> = lines.collect();
    let value = |name: &str| {
        let mut headers = head.iter().filter_map(|line| line.split_once(": "));
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value).as_bytes()
    };
    let visit = Visit::new().cookie(value("cookie")).user_agent(value("user-agent"));
    let session = sessions.open(&visit, clock.now())?;
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    let settled = sessions.save(&session, clock.now())?;
    let cookie = settled.cookie.header(&sessions.context().config().cookie);
    let cookie = cookie.map_or(String::new(), |cookie| format!("Set-Cookie: {}\r\n", cookie.as_str()));
    Ok(format!("HTTP/1.1 200 OK\r\n{cookie}\r\nYou were here {visits} times."))
}

#[tokio::test]
async fn so_is_a_program_without_a_runtime() {
    let site = Site::without_app(SessionConfig::website());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sessions, clock) = (site.blocking_sessions(), site.clock().clone());
    thread::spawn(move || serve(&listener, &sessions, &clock));
    let browser = site.browser_at(&url).given().signed_in("ada").with("visits", 41).await;
    browser
        .get("/")
        .await
        .assert_says("42 times")
        .assert_holds("visits", 42)
        .assert_saved()
        .assert_signed_in("ada");
    site.faults().lose_next_answer(alo_session::store::Operation::Commit);
    browser.get("/").await.assert_says("43 times").assert_saved();
    site.faults().down();
    browser.get("/").await.assert_status(503).assert_not_saved();
    site.faults().up();
    site.later(Duration::from_mins(31));
    browser.get("/").await.assert_says("1 times").assert_started();
}
