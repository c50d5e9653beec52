//! The least that the work takes: axum alone, and axum with the raw calls of the drivers and nothing else. No session
//! is read or checked; the bytes of one go in and out.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod bare;
mod cookie;
mod mysql;
mod postgres;
mod redis;
mod sqlite;

use peer_site::Start;

/// As many bytes as a session of six keys takes.
const FULL: [u8; 400] = [7; 400];
/// As many as one of two.
const SMALL: [u8; 60] = [7; 60];

fn main() {
    Start::from_args().serve(async |start| match start.store.as_str() {
        "none" => bare::site(),
        "redis" => redis::site(start).await,
        "mysql" => mysql::site(start).await,
        "postgres" => postgres::site(start).await,
        "sqlite" => sqlite::site(start),
        other => panic!("{other}: there are none, redis, mysql, postgres and sqlite"),
    });
}
