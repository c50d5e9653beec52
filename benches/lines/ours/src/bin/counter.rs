//! A counter on Redis that knows who counts, and its test.

use std::error::Error;

use alo_session::{RedisStore, Session, SessionConfig, SessionFailure, SessionLayer};
use axum::{
    Form, Router,
    response::Redirect,
    routing::{get, post},
};

#[derive(serde::Deserialize)]
struct SignIn {
    name: String,
}

async fn sign_in(session: Session, Form(form): Form<SignIn>) -> Result<Redirect, SessionFailure> {
    session.login(form.name)?;
    Ok(Redirect::to("/"))
}

async fn count(session: Session) -> Result<String, SessionFailure> {
    let visits = session.update("visits", |visits: &mut u32| {
        *visits += 1;
        *visits
    })?;
    let name = session.owner().unwrap_or("stranger".into());
    Ok(format!("Hello, {name}. You were here {visits} times.\n"))
}

fn app(sessions: SessionLayer) -> Router {
    Router::new().route("/", get(count)).route("/sign-in", post(sign_in)).layer(sessions)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sessions = SessionLayer::new(RedisStore::connect("redis://127.0.0.1/")?, SessionConfig::website());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app(sessions)).await?;
    Ok(())
}

#[cfg(test)]
#[tokio::test]
async fn a_user_is_counted() {
    let site = session_testing::Site::new(app);
    let ada = site.signed_in("ada").with("visits", 41).await;
    ada.get("/").await.assert_says("Hello, ada. You were here 42 times.");
}
