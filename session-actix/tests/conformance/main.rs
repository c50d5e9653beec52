//! The rules of a driver, by the conformance kit.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod socket;

use std::{net::TcpListener, process::ExitCode, sync::mpsc, thread};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    http::StatusCode,
    rt::System,
    web::{Bytes, PayloadConfig, ServiceConfig, get, resource, route},
};
use session_actix::{
    CsrfMiddleware, DiscardChanges, LazySession, OwnerSessions, Session, SessionFailure, SessionMiddleware,
};
use session_core::{OpenSession, SessionError, exchange::Liveness};
use session_driverkit::{Answer, Fixture, Guard, Held, ServeError, Setup, act};

fn main() -> ExitCode {
    session_driverkit::main(Actix)
}

struct Actix;

impl Fixture for Actix {
    fn name(&self) -> &str {
        "session-actix"
    }

    fn serve(&self, setup: Setup, listener: TcpListener) -> Result<Guard, ServeError> {
        let sessions = SessionMiddleware::from_sessions(setup.sessions());
        let (ready, started) = mpsc::channel();
        thread::spawn(move || {
            System::new().block_on(async move {
                let server = HttpServer::new(move || App::new().wrap(sessions.clone()).configure(routes));
                let server = server.workers(2).disable_signals().listen(listener)?.run();
                ready.send(server.handle()).unwrap();
                server.await
            })
        });
        let server = started.recv()?;
        // It is told at once; nobody waits for the end.
        Ok(Guard::calling(move || drop(server.stop(false))))
    }
}

fn routes(app: &mut ServiceConfig) {
    app.app_data(PayloadConfig::new(16 << 20))
        .route("/plain", route().to(async || plain()))
        .route("/act", route().to(handle))
        .route("/forget", route().to(forget))
        .service(resource("/guarded").wrap(CsrfMiddleware::new()).route(route().to(handle)))
        .service(resource("/socket").wrap(CsrfMiddleware::new()).route(get().to(socket::open)));
}

fn plain() -> HttpResponse {
    HttpResponse::Ok().insert_header(("cache-control", "public, max-age=60")).body("hello")
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
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, SessionFailure> {
    Ok(respond(act(&Mine { session, owners }, request.query_string(), &body).await?))
}

async fn forget(session: LazySession) -> Result<String, SessionFailure> {
    Ok(session.forget().await?.to_string())
}

fn respond(answer: Answer<Mine>) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap());
    for (name, value) in &answer.headers {
        response.append_header((name.as_str(), value.as_str()));
    }
    let discards = answer.discards;
    let mut response = response.streaming(answer.into_stream());
    if discards {
        response.extensions_mut().insert(DiscardChanges);
    }
    response
}
