use std::time::Duration;

use axum::{Router, extract::Path, http::StatusCode, routing::get};
use peer_site::{LAST_SEEN, LOCALE, NAME, ROLES, USER, cart};
use tower_sessions::{Session, session};

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

fn failed(_: session::Error) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn read(session: Session) -> Result<String, StatusCode> {
    let user: Option<u64> = session.get("user").await.map_err(failed)?;
    let last_seen: Option<u64> = session.get("last_seen").await.map_err(failed)?;
    Ok(format!("{} {}", user.unwrap_or(0), last_seen.unwrap_or(0)))
}

async fn increment(session: Session) -> Result<String, StatusCode> {
    let number: Option<u64> = session.get("last_seen").await.map_err(failed)?;
    let number = number.unwrap_or(0) + 1;
    session.insert("last_seen", number).await.map_err(failed)?;
    Ok(number.to_string())
}

async fn create(session: Session) -> Result<&'static str, StatusCode> {
    session.insert("user", USER).await.map_err(failed)?;
    session.insert("last_seen", LAST_SEEN).await.map_err(failed)?;
    Ok("ok")
}

async fn fill(session: Session) -> Result<&'static str, StatusCode> {
    session.insert("user", USER).await.map_err(failed)?;
    session.insert("name", NAME).await.map_err(failed)?;
    session.insert("cart", cart()).await.map_err(failed)?;
    session.insert("locale", LOCALE).await.map_err(failed)?;
    session.insert("last_seen", LAST_SEEN).await.map_err(failed)?;
    session.insert("roles", ROLES).await.map_err(failed)?;
    Ok("ok")
}

async fn write(
    session: Session,
    Path((key, pause)): Path<(String, u64)>,
) -> Result<&'static str, StatusCode> {
    let _: Option<u64> = session.get(&key).await.map_err(failed)?;
    tokio::time::sleep(Duration::from_millis(pause)).await;
    session.insert(&key, 1_u64).await.map_err(failed)?;
    Ok("ok")
}

async fn value(session: Session, Path(key): Path<String>) -> Result<String, StatusCode> {
    let number: Option<u64> = session.get(&key).await.map_err(failed)?;
    Ok(number.map(|number| number.to_string()).unwrap_or_default())
}

async fn rotate(session: Session) -> Result<&'static str, StatusCode> {
    session.cycle_id().await.map_err(failed)?;
    Ok("ok")
}

async fn end(session: Session) -> Result<&'static str, StatusCode> {
    session.flush().await.map_err(failed)?;
    Ok("ok")
}
