//! What a session of six keys and 400 bytes takes in the database of each contender: see `benches/README.md`.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

use std::time::Duration;

use peer_runner::{Browser, CONTENDERS, Contender, Database, Kind, Site, build, versions};

const IDLE: Duration = Duration::from_secs(3600);
/// Before these, buffers and tables are not what they will be.
const BEFORE: u64 = 1000;
const SESSIONS: u64 = 10_000;

fn main() {
    let only: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |contender: &&Contender| {
        matches!(contender.kind, Kind::Redis | Kind::Mysql | Kind::Postgres | Kind::Sqlite)
            && (only.is_empty() || only.iter().any(|text| contender.title().contains(text)))
    };
    build(CONTENDERS.iter().filter(wanted));
    println!("| | bytes for a session | records |\n|---|---:|---:|");
    for contender in CONTENDERS.iter().filter(wanted) {
        let database = Database::start(contender.kind);
        let site = Site::start(contender, &database, IDLE);
        let mut browser = Browser::new(site.address());
        fill(&mut browser, contender, BEFORE);
        let before = (database.bytes(), database.records());
        fill(&mut browser, contender, SESSIONS);
        let bytes = (database.bytes() - before.0) / SESSIONS;
        let records = (database.records() - before.1) as f64 / SESSIONS as f64;
        println!("| {} | {bytes} | {records} |", contender.title());
    }
    println!("\n{}", versions().join(", "));
}

/// So many sessions, on one connection.
fn fill(browser: &mut Browser, contender: &Contender, count: u64) {
    for _ in 0..count {
        let answer = browser.get("/fill").unwrap();
        assert!(answer.is_ok(), "{}: {answer:?}", contender.title());
        browser.jar().clear();
    }
}
