//! The site with axum_session, as it comes: what it has read stays in the memory of the process, an hour
//! at most.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod site;

use axum::Router;
use axum_session::{SessionConfig, SessionLayer, SessionNullPool, SessionStore};
use axum_session_redispool::SessionRedisPool;
use peer_site::Start;
use redis::{Client, IntoConnectionInfo as _, io::tcp::TcpSettings};
use redis_pool::RedisPool;
use time::Duration;

fn main() {
    Start::from_args().serve(async |start| match start.store.as_str() {
        "memory" => site::<SessionNullPool>(start, None).await,
        "redis" => {
            let info = start.url.as_str().into_connection_info().unwrap();
            let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
            let pool = RedisPool::from(Client::open(info).unwrap());
            site::<SessionRedisPool>(start, Some(pool.into())).await
        }
        other => panic!("{other}: there are memory and redis"),
    });
}

async fn site<P: site::Pool>(start: &Start, pool: Option<P>) -> Router {
    let idle = Duration::try_from(start.idle).unwrap();
    let config = SessionConfig::default().with_table_name("sessions").with_lifetime(idle);
    let config =
        config.with_memory_lifetime(idle.min(Duration::HOUR)).with_purge_update(idle.min(Duration::HOUR));
    let store = SessionStore::<P>::new(pool, config).await.unwrap();
    site::routes::<P>().layer(SessionLayer::new(store))
}
