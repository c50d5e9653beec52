//! The guide says which rules hold after each step. Here are the steps, and the kit says whether that is so.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod common;

use std::{
    collections::BTreeSet,
    net::TcpListener,
    sync::{Arc, OnceLock},
};

use common::{forget, plain, socket, work};
use poem::{
    Endpoint, EndpointExt as _, IntoResponse, Middleware, Request, Response, Route, Server, http::StatusCode,
    listener::TcpAcceptor,
};
use poem_sessions::Sessions;
use session_driverkit::{Finding, Fixture, Guard, Outcome, ServeError, Setup, examine, on_tokio, rules};
use session_http::{Answering, HttpSessions, RequestSession, Verdict};

const GUIDE: &str = include_str!("../../../docs/add-a-framework.md");

/// The middleware of step 2: a failure is an error like any other.
struct Second(HttpSessions);

struct SecondEndpoint<E> {
    inner: E,
    sessions: HttpSessions,
}

impl<E: Endpoint> Middleware<E> for Second {
    type Output = SecondEndpoint<E>;

    fn transform(&self, inner: E) -> SecondEndpoint<E> {
        SecondEndpoint { inner, sessions: self.0.clone() }
    }
}

impl<E: Endpoint> Endpoint for SecondEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let session = Arc::new(RequestSession::new(&self.sessions));
        request.set_data(Arc::clone(&session));
        let answering = Answering::new(session);
        let mut response = match self.inner.call(request).await {
            Ok(response) => response.into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into(),
        };
        let verdict = Verdict::of_status(response.status().as_u16());
        if answering.save(verdict).await.is_err() {
            response = StatusCode::INTERNAL_SERVER_ERROR.into();
        }
        answering.end(response.headers_mut());
        Ok(response)
    }
}

/// An integration after a step, without the forms of the last one.
struct After(u8);

impl Fixture for After {
    fn name(&self) -> &str {
        "a step of the guide"
    }

    fn serve(&self, setup: Setup, listener: TcpListener) -> Result<Guard, ServeError> {
        let app = Route::new()
            .at("/plain", plain)
            .at("/act", work)
            .at("/forget", forget)
            .at("/guarded", work)
            .at("/socket", socket);
        let sessions = HttpSessions::from_sessions(setup.sessions());
        let app = match self.0 {
            2 => app.with(Second(sessions)).map_to_response().boxed(),
            _ => app.with(Sessions(sessions)).map_to_response().boxed(),
        };
        on_tokio(listener, async |listener| {
            Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).unwrap()).run(app).await
        })
    }
}

/// The rules that the guide names for a step.
fn named(step: u8) -> BTreeSet<&'static str> {
    let row = GUIDE.lines().find(|line| line.starts_with(&format!("| {step} |"))).unwrap();
    row.split('|').nth(3).unwrap().split_whitespace().collect()
}

fn kept(after: After) -> BTreeSet<&'static str> {
    let findings = examine(after, rules::ALL);
    let is_broken = |finding: &&Finding| matches!(finding.outcome(), Outcome::Broken(_));
    let broken: BTreeSet<_> =
        findings.iter().filter(is_broken).map(|finding| finding.rule().unwrap().name()).collect();
    rules::ALL.iter().map(|rule| rule.name()).filter(|name| !broken.contains(name)).collect()
}

#[test]
fn each_rule_is_kept_after_one_of_the_steps() {
    let named: Vec<_> = (2..=4).flat_map(named).collect();
    assert_eq!(named.len(), rules::ALL.len());
    assert_eq!(BTreeSet::from_iter(named), rules::ALL.iter().map(|rule| rule.name()).collect());
}

#[test]
fn the_second_step_keeps_what_the_guide_says() {
    assert_eq!(kept(After(2)), named(2));
}

#[test]
fn the_third_step_keeps_what_the_guide_says() {
    assert_eq!(kept(After(3)), &named(2) | &named(3));
}

/// The code of the guide is that of the example, or of the step above.
#[test]
fn the_guide_shows_what_is_compiled() {
    static SOURCES: OnceLock<String> = OnceLock::new();
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let sources = SOURCES.get_or_init(|| {
        squeezed(concat!(
            include_str!("guide.rs"),
            include_str!("../src/csrf.rs"),
            include_str!("../src/extract.rs"),
            include_str!("../src/failure.rs"),
            include_str!("../src/sessions.rs"),
        ))
    });
    let blocks: Vec<_> =
        GUIDE.split("```rust,ignore").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 5);
    for block in blocks {
        assert!(sources.contains(&squeezed(block)), "not in the example: {block}");
    }
}
