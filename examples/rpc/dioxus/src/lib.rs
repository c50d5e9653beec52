//! Server functions of Dioxus that read and change the session, and ask who is signed in.

#![expect(unreachable_pub, reason = "the macros of server functions wrap each in a module of their own")]

mod error;

use alo_session::{CsrfLayer, Key, Owner, Session, SessionLayer};
use axum::Router;
use dioxus_fullstack::{get, post};
use dioxus_server::{DioxusRouterExt as _, FullstackState};

pub use error::AppError;

const VISITS: Key<u32> = Key::new("visits");

/// Counts a visit.
#[post("/api/visit", session: Session)]
pub async fn visit() -> Result<u32, AppError> {
    let visits = session.update(VISITS, |visits| {
        *visits += 1;
        *visits
    })?;
    Ok(visits)
}

/// Signs a user in, whose password a real application checks first.
#[post("/api/sign-in", session: Session)]
pub async fn sign_in(name: String) -> Result<(), AppError> {
    session.login(name)?;
    Ok(())
}

/// Returns the name of the user who is signed in. Anybody else gets a 401.
#[get("/api/account", owner: Owner)]
pub async fn account() -> Result<String, AppError> {
    Ok(owner.0)
}

/// Counts a visit, and fails then: the visit does not count.
#[post("/api/fail", session: Session)]
pub async fn fail() -> Result<(), AppError> {
    session.update(VISITS, |visits| *visits += 1)?;
    session.require_level(9)?;
    Ok(())
}

/// Returns the application, of which only the server functions are shown here. `serve_dioxus_application` adds the pages.
pub fn app(sessions: SessionLayer) -> Router {
    Router::new()
        .register_server_functions()
        .with_state(FullstackState::headless())
        // What calls a server function knows no token of a page, so its origin alone is checked.
        .layer(CsrfLayer::origin_only())
        .layer(sessions)
}
