//! Expired sessions are removed beside writers, and by several sweepers at once.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{
    thread,
    time::{Duration, Instant},
};

use session_core::store::{BlockingStore, Store};
use session_postgres::Schema;
use session_testservers::Postgres;
use support::{
    admin::Admin,
    pair::{BOUND, Pair, key, patient},
};

const LIVE: u64 = 5;

/// A server whose table holds 5 live records and 100 that have expired.
fn server() -> Postgres {
    let server = Postgres::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    fill(&server, 0, LIVE, 600_000);
    expire(&server);
    server
}

fn expire(server: &Postgres) {
    fill(server, 1000, 100, -1);
}

fn fill(server: &Postgres, from: u64, count: u64, ttl: i64) {
    let to = from + count - 1;
    server
        .sql(&format!(
            "INSERT INTO alo_session (family,digest,revision,owned,created_at,expires_at,data) \
             SELECT substr(sha256(n::text::bytea),1,16),sha256(n::text::bytea),'r',0,0,\
             (date_part('epoch',now())*1000)::int8+({ttl}),'x' FROM generate_series({from},{to}) n"
        ))
        .unwrap();
}

fn records(server: &Postgres) -> u64 {
    server.sql("SELECT COUNT(*) FROM alo_session").unwrap().trim().parse().unwrap()
}

fn wait_until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < BOUND, "it does not happen");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_store_sweeps_in_the_background_while_it_exists() {
    let server = server();
    for nonblocking in [true, false] {
        let stores = Pair::of(&patient(&server.url()).sweep_every(Duration::from_millis(50), 7));
        // The first operation starts the sweeper.
        if nonblocking {
            stores.runtime.block_on(Store::load(&stores.nonblocking, &key(1))).unwrap();
        } else {
            BlockingStore::load(&stores.blocking, &key(1)).unwrap();
        }
        wait_until(|| records(&server) == LIVE);
        drop(stores);
        let clients = "SELECT COUNT(*) FROM pg_stat_activity WHERE client_port > 0";
        wait_until(|| server.sql(clients).unwrap() == "0\n");
        expire(&server);
    }
    assert_eq!(records(&server), LIVE + 100);
}

#[test]
fn a_sweep_does_not_wait_for_writers_of_live_records() {
    let server = server();
    let stores = Pair::on(&server.url());
    let writer = Admin::connect(&server.url()).unwrap();
    writer.execute("BEGIN; UPDATE alo_session SET data='y' WHERE expires_at>date_part('epoch',now())*1000");
    let removed = stores.runtime.block_on(Store::sweep(&stores.nonblocking, 60)).unwrap();
    assert_eq!((removed, BlockingStore::sweep(&stores.blocking, 60).unwrap()), (60, 40));
    writer.execute("COMMIT");
    assert_eq!(records(&server), LIVE);
}

/// A session that comes back to life at the last moment, and rows that another sweeper is just removing.
#[test]
fn a_sweep_passes_over_rows_that_others_hold() {
    let server = server();
    let stores = Pair::on(&server.url());
    let other = Admin::connect(&server.url()).unwrap();
    let held = other.ask(
        "BEGIN; SELECT count(*) FROM (SELECT FROM alo_session \
         WHERE expires_at<=date_part('epoch',now())*1000 LIMIT 30 FOR UPDATE) held",
    );
    assert_eq!(held, ["30"]);
    let removed = stores.runtime.block_on(Store::sweep(&stores.nonblocking, 50)).unwrap();
    assert_eq!((removed, BlockingStore::sweep(&stores.blocking, 50).unwrap()), (50, 20));
    assert_eq!(BlockingStore::sweep(&stores.blocking, 50).unwrap(), 0);
    other.execute("ROLLBACK");
    assert_eq!(BlockingStore::sweep(&stores.blocking, 50).unwrap(), 30);
    assert_eq!(records(&server), LIVE);
}

/// The index knows the hour alone, so the rows of this hour are looked at one by one.
#[test]
fn what_expired_in_this_hour_goes_and_what_expires_in_it_stays() {
    let server = Postgres::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    let stores = Pair::on(&server.url());
    fill(&server, 0, 20, 1_000_000);
    fill(&server, 100, 20, -1);
    fill(&server, 200, 20, -4_000_000);
    assert_eq!(BlockingStore::sweep(&stores.blocking, 100).unwrap(), 40);
    assert_eq!(records(&server), 20);
}
