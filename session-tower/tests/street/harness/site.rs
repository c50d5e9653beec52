use std::net::SocketAddr;

use axum::{
    Router,
    extract::{
        Path,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use session_core::{SessionConfig, config::Settings};
use session_memory::MemoryStore;
use session_tower::{CsrfLayer, CsrfToken, LazySession, Session, SessionFailure, SessionLayer};

use super::{Browser, OddStore, Time, seconds, serve};

pub(crate) type Answer = Result<String, SessionFailure>;

/// A site with pages that read, write, fail and listen, and the time that it lives in.
pub(crate) struct Site {
    pub(crate) time: Time,
    pub(crate) store: MemoryStore,
    pub(crate) odd: OddStore,
    pub(crate) server: SocketAddr,
    pub(crate) layer: SessionLayer,
}

impl Site {
    /// The site without CSRF protection, so that a test of sessions needs no tokens.
    pub(crate) async fn start(change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(change, |app, layer| app.layer(layer)).await
    }

    /// The site behind the CSRF protection.
    pub(crate) async fn protected(change: impl FnOnce(&mut Settings)) -> Self {
        let csrf = CsrfLayer::new();
        Self::with(change, |app, layer| app.layer(csrf).layer(layer)).await
    }

    pub(crate) async fn with(
        change: impl FnOnce(&mut Settings),
        build: impl FnOnce(Router, SessionLayer) -> Router,
    ) -> Self {
        let time = Time::new();
        let odd = OddStore::new(time.store());
        Self::on(time, odd, SessionConfig::with(change).unwrap(), build).await
    }

    /// The site on a store that exists already.
    pub(crate) async fn on(
        time: Time,
        odd: OddStore,
        config: SessionConfig,
        build: impl FnOnce(Router, SessionLayer) -> Router,
    ) -> Self {
        let layer = SessionLayer::new(odd.clone(), config).clock(time.clock());
        let server = serve(build(pages(), layer.clone())).await;
        Self { time, store: odd.inner.clone(), odd, server, layer }
    }

    /// A second site on the same store, with other settings.
    pub(crate) async fn twin(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let config = SessionConfig::with(change).unwrap();
        Self::on(self.time.clone(), self.odd.clone(), config, |app, layer| app.layer(layer)).await
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.server, &self.time, "https://shop.test/")
    }

    /// A browser in which Ada is signed in.
    pub(crate) async fn ada(&self) -> Browser {
        let mut ada = self.browser();
        assert_eq!(ada.get("/sign-in/ada").await.status, 200);
        assert_eq!(ada.who().await, "ada 0");
        ada
    }
}

fn pages() -> Router {
    Router::new()
        .route("/who", get(who))
        .route("/form", get(form))
        .route("/write", get(write).post(write))
        // A sign-in without a form, for tests that are not about it.
        .route("/sign-in/{owner}", get(sign_in).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/status/{status}", get(status).post(status))
        .route("/flash", get(flash).post(flash))
        .route("/flash-show", get(flash_show))
        .route("/remember", get(remember))
        .route("/arrival", get(arrival))
        .route("/verify/{token}", get(verify))
        .route("/untouched", get(async || "hello"))
        .route("/ws", get(early_socket))
        .route("/lazy-ws", get(lazy_socket))
}

async fn who(session: Session) -> Answer {
    let n = session.get::<u32>("n")?.unwrap_or(0);
    Ok(format!("{} {n}", session.owner().unwrap_or_else(|| "nobody".to_owned())))
}

pub(crate) async fn form(token: CsrfToken) -> Answer {
    Ok(token.text()?.as_str().to_owned())
}

async fn write(session: Session) -> Answer {
    Ok(session
        .update("n", |n: &mut u32| {
            *n += 1;
            *n
        })?
        .to_string())
}

async fn sign_in(session: Session, Path(owner): Path<String>) -> Answer {
    session.login(&owner)?;
    Ok("signed in".to_owned())
}

async fn sign_out(session: Session) -> Answer {
    session.logout()?;
    Ok("signed out".to_owned())
}

async fn status(session: Session, Path(status): Path<u16>) -> Result<(StatusCode, String), SessionFailure> {
    Ok((StatusCode::from_u16(status).unwrap(), session.owner().unwrap_or_default()))
}

async fn flash(session: Session) -> Answer {
    session.flash("info", "saved")?;
    Ok("flashed".to_owned())
}

async fn flash_show(session: Session) -> Answer {
    let flashes = session.take_flashes()?;
    Ok(flashes.len().to_string())
}

async fn remember(session: Session) -> Answer {
    session.remember(seconds(30 * 86_400))?;
    Ok("remembered".to_owned())
}

/// How the request arrived; it changes nothing.
async fn arrival(session: Session) -> String {
    format!("{:?}", session.arrival())
}

async fn verify(session: Session, Path(token): Path<String>) -> Answer {
    Ok(session.tokens().verify("t", &token)?.to_string())
}

async fn early_socket(session: Session, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket| {
        while let Some(text) = said(&mut socket).await {
            let answer = obey(&session, &text).await;
            let _ = socket.send(Message::text(answer)).await;
        }
    })
}

async fn lazy_socket(session: LazySession, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket| {
        while let Some(text) = said(&mut socket).await {
            let answer = match session.load().await {
                Ok(session) => obey(&session, &text).await,
                Err(error) => format!("{error:?}"),
            };
            let _ = socket.send(Message::text(answer)).await;
        }
    })
}

async fn said(socket: &mut WebSocket) -> Option<String> {
    Some(socket.recv().await?.ok()?.into_text().ok()?.as_str().to_owned())
}

/// What the socket does when the client says so.
async fn obey(session: &Session, command: &str) -> String {
    let shown = |outcome: Result<String, session_core::SessionError>| match outcome {
        Ok(text) => text,
        Err(error) => format!("error {error:?}"),
    };
    match command.split_once(' ').unwrap_or((command, "")) {
        ("save", _) => shown(session.save().await.map(|settled| format!("{:?}", settled.saved))),
        ("refresh", _) => format!("{:?}", session.refresh().await),
        ("check", _) => format!("{:?}", session.check().await),
        ("owner", _) => session.owner().unwrap_or_else(|| "nobody".to_owned()),
        ("n", _) => shown(session.get::<u32>("n").map(|n| n.unwrap_or(0).to_string())),
        ("write", _) => {
            let wrote = session.update("n", |n: &mut u32| {
                *n += 1;
                *n
            });
            shown(wrote.map(|n| n.to_string()))
        }
        ("create", name) => {
            let token = session.tokens().create(name, Some(seconds(60)));
            shown(token.map(|token| token.as_str().to_owned()))
        }
        ("verify", token) => shown(session.tokens().verify("t", token).map(|good| good.to_string())),
        ("fresh", _) => session.require_fresh(seconds(300)).is_ok().to_string(),
        _ => "what?".to_owned(),
    }
}
