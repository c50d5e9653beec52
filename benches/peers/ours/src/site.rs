use std::time::Duration;

use alo_session::{Session, SessionFailure};
use axum::{Router, extract::Path, routing::get};
use peer_site::{LAST_SEEN, LOCALE, NAME, ROLES, USER, cart};

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/untouched", get(async || "ok"))
        .route("/read", get(read))
        .route("/increment", get(increment))
        .route("/new", get(create))
        .route("/fill", get(fill))
        .route("/write/{key}/{pause}", get(write))
        .route("/value/{key}", get(value))
        .route("/rotate", get(rotate))
        .route("/end", get(end))
}

async fn read(session: Session) -> Result<String, SessionFailure> {
    let user: Option<u64> = session.get("user")?;
    let last_seen: Option<u64> = session.get("last_seen")?;
    Ok(format!("{} {}", user.unwrap_or(0), last_seen.unwrap_or(0)))
}

async fn increment(session: Session) -> Result<String, SessionFailure> {
    let number = session.update("last_seen", |number: &mut u64| {
        *number += 1;
        *number
    })?;
    Ok(number.to_string())
}

async fn create(session: Session) -> Result<&'static str, SessionFailure> {
    session.set("user", USER)?;
    session.set("last_seen", LAST_SEEN)?;
    Ok("ok")
}

async fn fill(session: Session) -> Result<&'static str, SessionFailure> {
    session.set("user", USER)?;
    session.set("name", NAME)?;
    session.set("cart", cart())?;
    session.set("locale", LOCALE)?;
    session.set("last_seen", LAST_SEEN)?;
    session.set("roles", ROLES)?;
    Ok("ok")
}

async fn write(
    session: Session,
    Path((key, pause)): Path<(String, u64)>,
) -> Result<&'static str, SessionFailure> {
    tokio::time::sleep(Duration::from_millis(pause)).await;
    session.set(&key, 1_u64)?;
    Ok("ok")
}

async fn value(session: Session, Path(key): Path<String>) -> Result<String, SessionFailure> {
    let number: Option<u64> = session.get(&key)?;
    Ok(number.map(|number| number.to_string()).unwrap_or_default())
}

async fn rotate(session: Session) -> Result<&'static str, SessionFailure> {
    session.rotate()?;
    Ok("ok")
}

async fn end(session: Session) -> &'static str {
    session.destroy();
    "ok"
}
