//! The site with alo-session.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod site;

use std::time::Duration;

use alo_session::{
    MemoryStore, MysqlStore, PostgresStore, RedisStore, SessionConfig, SessionLayer, SqliteStore,
};
use peer_site::Start;

fn main() {
    Start::from_args().serve(async |start| site::routes().layer(layer(start)));
}

fn layer(start: &Start) -> SessionLayer {
    // As it comes, but for the idle time, and for what must not be longer.
    let grace = start.idle.min(Duration::from_secs(10));
    let config = SessionConfig::with(|settings| {
        settings.idle = start.idle;
        settings.grace = grace;
    })
    .unwrap();
    match start.store.as_str() {
        "memory" => SessionLayer::new(MemoryStore::new(), config),
        "redis" => SessionLayer::new(RedisStore::connect(&start.url).unwrap(), config),
        "mysql" => {
            let store = MysqlStore::builder(&start.url).create_table_if_missing().build().unwrap();
            SessionLayer::new(store, config)
        }
        "postgres" => {
            let store = PostgresStore::builder(&start.url).create_table_if_missing().build().unwrap();
            SessionLayer::new(store, config)
        }
        "sqlite" => SessionLayer::new(SqliteStore::open(&start.url).unwrap(), config),
        other => panic!("{other}: there are memory, mysql, postgres, redis and sqlite"),
    }
}
