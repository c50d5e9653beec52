//! The rules of a driver, by the conformance kit.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::{net::TcpListener, process::ExitCode};

use futures_util::{SinkExt as _, StreamExt as _};
use poem::{
    Body, EndpointExt as _, IntoResponse as _, Request, Response, Route, Server, handler,
    http::{HeaderName, StatusCode},
    listener::TcpAcceptor,
    web::websocket::{Message, WebSocket},
};
use poem_sessions::{Csrf, DiscardChanges, Session, SessionFailure, Sessions};
use session_core::{OpenSession, SessionError, exchange::Liveness};
use session_driverkit::{Answer, Fixture, Guard, Held, ServeError, Setup, act, on_tokio, said};
use session_http::HttpSessions;

fn main() -> ExitCode {
    session_driverkit::main(Poem)
}

struct Poem;

impl Fixture for Poem {
    fn name(&self) -> &str {
        "examples/poem"
    }

    fn serve(&self, setup: Setup, listener: TcpListener) -> Result<Guard, ServeError> {
        let app = Route::new()
            .at("/plain", plain)
            .at("/act", work)
            .at("/guarded", work.with(Csrf::default()))
            .at("/socket", socket.with(Csrf::default()))
            .with(Sessions(HttpSessions::from_sessions(setup.sessions())));
        on_tokio(listener, async |listener| {
            Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).unwrap()).run(app).await
        })
    }
}

#[derive(Clone)]
struct Mine(session_http::Session);

impl Held for Mine {
    fn session(&self) -> &OpenSession {
        &self.0
    }

    async fn save(&self) -> Result<(), SessionError> {
        self.0.save().await.map(drop)
    }

    async fn refresh(&self) -> Result<Liveness, SessionError> {
        self.0.refresh().await
    }
}

#[handler]
fn plain() -> Response {
    Response::builder().header("cache-control", "public, max-age=60").body("hello")
}

#[handler]
async fn work(
    Session(session): Session,
    request: &Request,
    body: Vec<u8>,
) -> Result<Response, SessionFailure> {
    Ok(respond(act(&Mine(session), request.uri().query().unwrap_or_default(), &body).await?))
}

fn respond(answer: Answer<Mine>) -> Response {
    let mut response = Response::builder().status(StatusCode::from_u16(answer.status).unwrap()).finish();
    for (name, value) in &answer.headers {
        response.headers_mut().append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }
    if answer.discards {
        response.set_data(DiscardChanges);
    }
    response.set_body(Body::from_bytes_stream(answer.into_stream()));
    response
}

#[handler]
async fn socket(
    Session(session): Session,
    request: &Request,
    upgrade: WebSocket,
) -> Result<Response, SessionFailure> {
    let mine = Mine(session);
    act(&mine, request.uri().query().unwrap_or_default(), &[]).await?;
    let talk = upgrade.on_upgrade(async move |mut socket| {
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Text(text) = message {
                let answer = said(&mine, &text).await;
                let _ = socket.send(Message::text(answer)).await;
            }
        }
    });
    Ok(talk.into_response())
}
