use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{COOKIE, SET_COOKIE},
    web::{Data, ServiceConfig, get},
};
use peer_site::Start;
use redis::{
    AsyncCommands as _, Client, IntoConnectionInfo as _, SetExpiry, SetOptions, aio::MultiplexedConnection,
    io::tcp::TcpSettings,
};

use crate::{FULL, SMALL};

type Redis = Data<MultiplexedConnection>;

/// One multiplexed connection: no pool is as fast.
pub(crate) async fn connect(start: &Start) -> MultiplexedConnection {
    let info = start.url.as_str().into_connection_info().unwrap();
    let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
    Client::open(info).unwrap().get_multiplexed_async_connection().await.unwrap()
}

pub(crate) fn routes(site: &mut ServiceConfig, connection: Redis) {
    site.app_data(connection)
        .route("/untouched", get().to(async || "ok"))
        .route("/read", get().to(read))
        .route("/increment", get().to(increment))
        .route("/new", get().to(async |redis: Redis| create(&redis, &SMALL).await))
        .route("/fill", get().to(async |redis: Redis| create(&redis, &FULL).await));
}

async fn read(redis: Redis, request: HttpRequest) -> &'static str {
    let mut redis = MultiplexedConnection::clone(&redis);
    let data: Vec<u8> = redis.get(key(&request)).await.unwrap();
    assert!(!data.is_empty());
    "ok"
}

async fn increment(redis: Redis, request: HttpRequest) -> &'static str {
    let (mut redis, key) = (MultiplexedConnection::clone(&redis), key(&request));
    let data: Vec<u8> = redis.get(&key).await.unwrap();
    let () = redis.set_options(&key, data, options()).await.unwrap();
    "ok"
}

async fn create(redis: &MultiplexedConnection, data: &[u8]) -> HttpResponse {
    let id = format!("{:032x}", fastrand::u128(..));
    let () = redis.clone().set_options(format!("session:{id}"), data, options()).await.unwrap();
    let cookie = format!("id={id}; HttpOnly; SameSite=Lax; Path=/");
    HttpResponse::Ok().insert_header((SET_COOKIE, cookie)).body("ok")
}

/// The key of the id that the cookie has.
fn key(request: &HttpRequest) -> String {
    let cookie = request.headers().get(COOKIE).unwrap().to_str().unwrap();
    let id = cookie.split("; ").find_map(|pair| pair.strip_prefix("id=")).unwrap();
    format!("session:{id}")
}

fn options() -> SetOptions {
    SetOptions::default().with_expiration(SetExpiry::PX(300_000))
}
