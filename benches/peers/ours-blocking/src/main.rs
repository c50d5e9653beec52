//! The site with the blocking API of alo-session, as a program has it that serves each request on a thread of its own: here
//! the threads for blocking work of a runtime.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod site;

use std::{sync::Arc, time::Duration};

use alo_session::{SessionConfig, SqliteStore, blocking::Sessions, mysql, redis, store::BlockingStore};
use axum::Router;
use peer_site::Start;

fn main() {
    Start::from_args().serve(async |start| match start.store.as_str() {
        "redis" => site(start, redis::blocking::RedisStore::connect(&start.url).unwrap()),
        "mysql" => {
            let builder = mysql::blocking::MysqlStore::builder(&start.url).create_table_if_missing();
            site(start, builder.build_blocking().unwrap())
        }
        "sqlite" => site(start, SqliteStore::open(&start.url).unwrap()),
        other => panic!("{other}: there are mysql, redis and sqlite"),
    });
}

fn site(start: &Start, store: impl BlockingStore + 'static) -> Router {
    // As it comes, but for the idle time, and for what must not be longer.
    let grace = start.idle.min(Duration::from_secs(10));
    let config = SessionConfig::with(|settings| {
        settings.idle = start.idle;
        settings.grace = grace;
    })
    .unwrap();
    site::routes(Arc::new(Sessions::new(store, config)))
}
