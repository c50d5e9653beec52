//! The handlers of the kit.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]
#![allow(unreachable_pub, reason = "each test is a crate of its own")]

use futures_util::{SinkExt as _, StreamExt as _};
use poem::{
    Body, IntoResponse as _, Request, Response, handler,
    http::{HeaderName, StatusCode},
    web::websocket::{Message, WebSocket},
};
use poem_sessions::{DiscardChanges, Owners, Session, SessionFailure};
use session_core::{OpenSession, SessionError, exchange::Liveness};
use session_driverkit::{Answer, Held, act, said};

#[derive(Clone)]
struct Mine {
    session: session_http::Session,
    owners: session_http::OwnerSessions,
}

impl Held for Mine {
    fn session(&self) -> &OpenSession {
        &self.session
    }

    async fn save(&self) -> Result<(), SessionError> {
        self.session.save().await.map(drop)
    }

    async fn refresh(&self) -> Result<Liveness, SessionError> {
        self.session.refresh().await
    }

    async fn consume(&self, name: &str, text: &str) -> Result<bool, SessionError> {
        self.session.consume(name, text).await
    }

    async fn end_others(&self) -> Result<u64, SessionError> {
        self.session.end_others().await
    }

    async fn end_all(&self, owner: &str) -> Result<u64, SessionError> {
        self.owners.end_all(owner).await
    }
}

#[handler]
pub fn plain() -> Response {
    Response::builder().header("cache-control", "public, max-age=60").body("hello")
}

#[handler]
pub async fn work(
    Session(session): Session,
    Owners(owners): Owners,
    request: &Request,
    body: Vec<u8>,
) -> Result<Response, SessionFailure> {
    Ok(respond(act(&Mine { session, owners }, request.uri().query().unwrap_or_default(), &body).await?))
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
pub async fn forget(request: &Request) -> Result<String, SessionFailure> {
    Ok(poem_sessions::forget(request).await?.to_string())
}

#[handler]
pub async fn socket(
    Session(session): Session,
    Owners(owners): Owners,
    request: &Request,
    upgrade: WebSocket,
) -> Result<Response, SessionFailure> {
    let mine = Mine { session, owners };
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
