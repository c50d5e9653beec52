use axum::{Router, extract::State, http::HeaderMap, response::IntoResponse, routing::get};
use peer_site::Start;
use redis::{
    AsyncCommands as _, Client, IntoConnectionInfo as _, SetExpiry, SetOptions, aio::MultiplexedConnection,
    io::tcp::TcpSettings,
};

use crate::{FULL, SMALL, cookie};

/// One multiplexed connection: no pool is as fast.
pub(crate) async fn site(start: &Start) -> Router {
    let info = start.url.as_str().into_connection_info().unwrap();
    let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
    let connection = Client::open(info).unwrap().get_multiplexed_async_connection().await.unwrap();
    Router::new()
        .route("/untouched", get(async || "ok"))
        .route("/read", get(read))
        .route("/increment", get(increment))
        .route("/new", get(async |connection| create(connection, &SMALL).await))
        .route("/fill", get(async |connection| create(connection, &FULL).await))
        .with_state(connection)
}

async fn read(State(mut redis): State<MultiplexedConnection>, headers: HeaderMap) -> &'static str {
    let data: Vec<u8> = redis.get(key(cookie::read(&headers))).await.unwrap();
    assert!(!data.is_empty());
    "ok"
}

async fn increment(State(mut redis): State<MultiplexedConnection>, headers: HeaderMap) -> &'static str {
    let key = key(cookie::read(&headers));
    let data: Vec<u8> = redis.get(&key).await.unwrap();
    let () = redis.set_options(&key, data, options()).await.unwrap();
    "ok"
}

async fn create(State(mut redis): State<MultiplexedConnection>, data: &[u8]) -> impl IntoResponse {
    let id = fastrand::u128(..);
    let () = redis.set_options(key(id), data, options()).await.unwrap();
    (cookie::write(id), "ok")
}

fn key(id: u128) -> String {
    format!("session:{id:032x}")
}

fn options() -> SetOptions {
    SetOptions::default().with_expiration(SetExpiry::PX(300_000))
}
