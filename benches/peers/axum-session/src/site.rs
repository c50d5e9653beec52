use std::{fmt::Debug, time::Duration};

use axum::{Router, extract::Path, routing::get};
use axum_session::{DatabasePool, Session};
use peer_site::{LAST_SEEN, LOCALE, NAME, ROLES, USER, cart};

/// What axum_session asks of a database.
pub(crate) trait Pool: DatabasePool + Clone + Debug + Send + Sync + 'static {}

impl<P: DatabasePool + Clone + Debug + Send + Sync + 'static> Pool for P {}

pub(crate) fn routes<P: Pool>() -> Router {
    Router::new()
        .route("/untouched", get(async || "ok"))
        .route("/read", get(read::<P>))
        .route("/increment", get(increment::<P>))
        .route("/new", get(create::<P>))
        .route("/fill", get(fill::<P>))
        .route("/write/{key}/{pause}", get(write::<P>))
        .route("/value/{key}", get(value::<P>))
        .route("/rotate", get(rotate::<P>))
        .route("/end", get(end::<P>))
}

async fn read<P: Pool>(session: Session<P>) -> String {
    let user: Option<u64> = session.get("user");
    let last_seen: Option<u64> = session.get("last_seen");
    format!("{} {}", user.unwrap_or(0), last_seen.unwrap_or(0))
}

async fn increment<P: Pool>(session: Session<P>) -> String {
    let number = session.get("last_seen").unwrap_or(0_u64) + 1;
    session.set("last_seen", number);
    number.to_string()
}

async fn create<P: Pool>(session: Session<P>) -> &'static str {
    session.set("user", USER);
    session.set("last_seen", LAST_SEEN);
    "ok"
}

async fn fill<P: Pool>(session: Session<P>) -> &'static str {
    session.set("user", USER);
    session.set("name", NAME);
    session.set("cart", cart());
    session.set("locale", LOCALE);
    session.set("last_seen", LAST_SEEN);
    session.set("roles", ROLES);
    "ok"
}

async fn write<P: Pool>(session: Session<P>, Path((key, pause)): Path<(String, u64)>) -> &'static str {
    let _: Option<u64> = session.get(&key);
    tokio::time::sleep(Duration::from_millis(pause)).await;
    session.set(&key, 1_u64);
    "ok"
}

async fn value<P: Pool>(session: Session<P>, Path(key): Path<String>) -> String {
    let number: Option<u64> = session.get(&key);
    number.map(|number| number.to_string()).unwrap_or_default()
}

async fn rotate<P: Pool>(session: Session<P>) -> &'static str {
    session.renew();
    "ok"
}

async fn end<P: Pool>(session: Session<P>) -> &'static str {
    session.destroy();
    "ok"
}
