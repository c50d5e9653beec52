//! The rules of a driver, by the conformance kit.

use std::{net::TcpListener, process::ExitCode};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{
        RawQuery,
        ws::{Message, WebSocketUpgrade},
    },
    http::Response,
    routing::any,
};
use session_core::{OpenSession, SessionError, exchange::Liveness};
use session_driverkit::{Fixture, Guard, Held, ServeError, Setup, act, on_tokio, said};
use session_tower::{
    CsrfLayer, DiscardChanges, LazySession, OwnerSessions, Session, SessionFailure, SessionLayer,
};

fn main() -> ExitCode {
    session_driverkit::main(Axum)
}

struct Axum;

impl Fixture for Axum {
    fn name(&self) -> &str {
        "session-tower"
    }

    fn serve(&self, setup: Setup, listener: TcpListener) -> Result<Guard, ServeError> {
        let guarded = Router::new()
            .route("/guarded", any(handle))
            .route("/socket", any(socket))
            .layer(CsrfLayer::new());
        let app = Router::new()
            .route("/plain", any(async || ([("cache-control", "public, max-age=60")], "hello")))
            .route("/act", any(handle))
            .route("/forget", any(forget))
            .merge(guarded)
            .layer(SessionLayer::from_sessions(setup.sessions()));
        on_tokio(listener, async |listener| axum::serve(listener, app).await)
    }
}

#[derive(Clone)]
struct Mine {
    session: Session,
    owners: OwnerSessions,
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

async fn handle(
    session: Session,
    owners: OwnerSessions,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response<Body>, SessionFailure> {
    let answer = act(&Mine { session, owners }, query.as_deref().unwrap_or_default(), &body).await?;
    let discards = answer.discards;
    let mut response = answer.into_http().map(Body::from_stream);
    if discards {
        response.extensions_mut().insert(DiscardChanges);
    }
    Ok(response)
}

async fn forget(session: LazySession) -> Result<String, SessionFailure> {
    Ok(session.forget().await?.to_string())
}

async fn socket(
    session: Session,
    owners: OwnerSessions,
    RawQuery(query): RawQuery,
    upgrade: WebSocketUpgrade,
) -> Result<Response<Body>, SessionFailure> {
    let mine = Mine { session, owners };
    act(&mine, query.as_deref().unwrap_or_default(), &[]).await?;
    Ok(upgrade.on_upgrade(async move |mut socket| {
        while let Some(Ok(message)) = socket.recv().await {
            if let Ok(text) = message.into_text() {
                let answer = said(&mine, text.as_str()).await;
                let _ = socket.send(Message::text(answer)).await;
            }
        }
    }))
}
