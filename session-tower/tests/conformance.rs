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
use session_tower::{CsrfLayer, DiscardChanges, LazySession, Session, SessionFailure, SessionLayer};

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
struct Mine(Session);

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

async fn handle(
    session: Session,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response<Body>, SessionFailure> {
    let answer = act(&Mine(session), query.as_deref().unwrap_or_default(), &body).await?;
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
    RawQuery(query): RawQuery,
    upgrade: WebSocketUpgrade,
) -> Result<Response<Body>, SessionFailure> {
    let mine = Mine(session);
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
