use std::time::Duration;

use actix_session::Session;
use actix_web::{
    Result,
    rt::time,
    web::{Path, ServiceConfig, get},
};
use peer_site::{LAST_SEEN, LOCALE, NAME, ROLES, USER, cart};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/untouched", get().to(untouched))
        .route("/read", get().to(read))
        .route("/increment", get().to(increment))
        .route("/new", get().to(create))
        .route("/fill", get().to(fill))
        .route("/write/{key}/{pause}", get().to(write))
        .route("/value/{key}", get().to(value))
        .route("/rotate", get().to(rotate))
        .route("/end", get().to(end));
}

async fn untouched() -> &'static str {
    "ok"
}

async fn read(session: Session) -> Result<String> {
    let user: Option<u64> = session.get("user")?;
    let last_seen: Option<u64> = session.get("last_seen")?;
    Ok(format!("{} {}", user.unwrap_or(0), last_seen.unwrap_or(0)))
}

async fn increment(session: Session) -> Result<String> {
    let number: Option<u64> = session.get("last_seen")?;
    let number = number.unwrap_or(0) + 1;
    session.insert("last_seen", number)?;
    Ok(number.to_string())
}

async fn create(session: Session) -> Result<&'static str> {
    session.insert("user", USER)?;
    session.insert("last_seen", LAST_SEEN)?;
    Ok("ok")
}

async fn fill(session: Session) -> Result<&'static str> {
    session.insert("user", USER)?;
    session.insert("name", NAME)?;
    session.insert("cart", cart())?;
    session.insert("locale", LOCALE)?;
    session.insert("last_seen", LAST_SEEN)?;
    session.insert("roles", ROLES)?;
    Ok("ok")
}

async fn write(session: Session, path: Path<(String, u64)>) -> Result<&'static str> {
    let (key, pause) = path.into_inner();
    time::sleep(Duration::from_millis(pause)).await;
    session.insert(key, 1_u64)?;
    Ok("ok")
}

async fn value(session: Session, key: Path<String>) -> Result<String> {
    let number: Option<u64> = session.get(&key)?;
    Ok(number.map(|number| number.to_string()).unwrap_or_default())
}

async fn rotate(session: Session) -> &'static str {
    session.renew();
    "ok"
}

async fn end(session: Session) -> &'static str {
    session.purge();
    "ok"
}
