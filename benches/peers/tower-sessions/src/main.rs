//! The site with tower-sessions. Its Redis client keeps one connection here: with the six of its example it takes more
//! processor time.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod site;

use axum::Router;
use peer_site::Start;
use tower_sessions::{Expiry, MemoryStore, SessionManagerLayer, SessionStore, cookie::time::Duration};
use tower_sessions_redis_store::{
    RedisStore,
    fred::{
        prelude::{ClientLike as _, Config, ConnectionConfig, ReconnectPolicy, TcpConfig},
        types::Builder,
    },
};
use tower_sessions_sqlx_store::{
    MySqlStore, PostgresStore, SqliteStore,
    sqlx::{
        mysql::MySqlPoolOptions,
        postgres::PgPoolOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
    },
};

fn main() {
    Start::from_args().serve(async |start| match start.store.as_str() {
        "memory" => site(start, MemoryStore::default()),
        "redis" => site(start, redis(&start.url).await),
        "mysql" => site(start, mysql(&start.url).await),
        "postgres" => site(start, postgres(&start.url).await),
        "sqlite" => site(start, sqlite(&start.url).await),
        other => panic!("{other}: there are memory, redis, mysql, postgres and sqlite"),
    });
}

fn site<S: SessionStore + Clone>(start: &Start, store: S) -> Router {
    let idle = Duration::try_from(start.idle).unwrap();
    site::routes().layer(SessionManagerLayer::new(store).with_expiry(Expiry::OnInactivity(idle)))
}

async fn redis(url: &str) -> RedisStore<tower_sessions_redis_store::fred::prelude::Pool> {
    let tcp = TcpConfig { nodelay: Some(true), ..TcpConfig::default() };
    let connection = ConnectionConfig { tcp, ..ConnectionConfig::default() };
    let mut builder = Builder::from_config(Config::from_url(url).unwrap());
    // Without a policy it does not connect again.
    builder.set_connection_config(connection).set_policy(ReconnectPolicy::new_constant(0, 100));
    let pool = builder.build_pool(1).unwrap();
    let _connected = pool.init().await.unwrap();
    RedisStore::new(pool)
}

async fn mysql(url: &str) -> MySqlStore {
    let pool = MySqlPoolOptions::new().min_connections(Start::POOL).max_connections(Start::POOL);
    let store = MySqlStore::new(pool.connect(url).await.unwrap());
    store.migrate().await.unwrap();
    store
}

async fn postgres(url: &str) -> PostgresStore {
    let pool = PgPoolOptions::new().min_connections(Start::POOL).max_connections(Start::POOL);
    let store = PostgresStore::new(pool.connect(url).await.unwrap());
    store.migrate().await.unwrap();
    store
}

/// With a write-ahead log, and every commit on the disk before it is answered.
async fn sqlite(url: &str) -> SqliteStore {
    let options: SqliteConnectOptions = url.parse().unwrap();
    let options = options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let pool = SqlitePoolOptions::new().min_connections(Start::POOL).max_connections(Start::POOL);
    let store = SqliteStore::new(pool.connect_with(options).await.unwrap());
    store.migrate().await.unwrap();
    store
}
