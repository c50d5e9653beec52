//! Server functions of Leptos that read and change the session, and ask who is signed in.

mod error;

use alo_session::{CsrfLayer, Key, Owner, Session, SessionFailure, SessionLayer};
use axum::{Router, extract::FromRequestParts, http::request::Parts, routing::post};
use leptos::prelude::*;

pub use error::AppError;

const VISITS: Key<u32> = Key::new("visits");

/// Counts a visit.
#[server(endpoint = "visit")]
pub async fn visit() -> Result<u32, AppError> {
    let session: Session = extract().await?;
    let visits = session.update(VISITS, |visits| {
        *visits += 1;
        *visits
    })?;
    Ok(visits)
}

/// Signs a user in, whose password a real application checks first.
#[server(endpoint = "sign-in")]
pub async fn sign_in(name: String) -> Result<(), AppError> {
    let session: Session = extract().await?;
    session.login(name)?;
    Ok(())
}

/// Returns the name of the user who is signed in. Anybody else gets a 401.
#[server(endpoint = "account")]
pub async fn account() -> Result<String, AppError> {
    let Owner(user): Owner = extract().await?;
    Ok(user)
}

/// Counts a visit, and fails then: the visit does not count.
#[server(endpoint = "fail")]
pub async fn fail() -> Result<(), AppError> {
    let session: Session = extract().await?;
    session.update(VISITS, |visits| *visits += 1)?;
    session.require_level(9)?;
    Ok(())
}

/// Returns the application, of which only the server functions are shown here.
pub fn app(sessions: SessionLayer) -> Router {
    Router::new()
        .route("/api/{*function}", post(leptos_axum::handle_server_fns))
        // What calls a server function knows no token of a page, so its origin alone is checked.
        .layer(CsrfLayer::origin_only())
        .layer(sessions)
}

/// Like `leptos_axum::extract`, but keeps the failure, which knows its status.
async fn extract<T>() -> Result<T, AppError>
where
    T: FromRequestParts<(), Rejection = SessionFailure>,
{
    let mut parts = expect_context::<Parts>();
    Ok(T::from_request_parts(&mut parts, &()).await?)
}
