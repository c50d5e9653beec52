//! The ways of removing expired sessions.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{
    collections::VecDeque,
    thread,
    time::{Duration, Instant, SystemTime},
};

use mysql::{Conn, prelude::Queryable as _};
use session_core::{
    OpenSession, SessionConfig, Timestamp, Visit,
    cookie::SetCookie,
    store::{BlockingStore, Store},
};
use session_mysql::{Event, Schema};
use session_testservers::MariaDb;
use support::pair::{BOUND, Pair, key, patient};

const LIVE: u64 = 5;

/// A server whose table holds 5 live records and 100 that have expired.
fn server() -> MariaDb {
    let server = MariaDb::builder().config("event_scheduler=ON").start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    fill(&server, 0, LIVE, "+600000");
    expire(&server);
    server
}

fn expire(server: &MariaDb) {
    fill(server, 1000, 100, "-1");
}

fn fill(server: &MariaDb, from: u64, count: u64, ttl: &str) {
    let now = "TIMESTAMPDIFF(MICROSECOND,'1970-01-01',UTC_TIMESTAMP(3)) DIV 1000";
    let to = from + count - 1;
    let rows = format!(
        "WITH RECURSIVE n(seq) AS (SELECT {from} UNION ALL SELECT seq+1 FROM n WHERE seq<{to}) \
         SELECT LPAD(seq,16,'0'),UNHEX(SHA2(seq,256)),'r',0,0,{now}{ttl},0,'x' FROM n"
    );
    server.sql(&format!("INSERT INTO alo_session {rows}")).unwrap();
}

fn records(server: &MariaDb) -> u64 {
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
        // An error does not end the sweeper.
        server.sql("RENAME TABLE alo_session TO away").unwrap();
        let failures = || server.sql("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'").unwrap();
        let before = failures();
        wait_until(|| failures() != before);
        server.sql("RENAME TABLE away TO alo_session").unwrap();
        expire(&server);
        wait_until(|| records(&server) == LIVE);
        drop(stores);
        let clients = "SELECT COUNT(*) FROM information_schema.processlist WHERE command='Sleep'";
        wait_until(|| server.sql(clients).unwrap() == "0\n");
        expire(&server);
    }
    // Each round leaves expired records to the next one; the last ones stay.
    assert_eq!(records(&server), LIVE + 100);
}

#[test]
fn the_next_runtime_takes_over_the_sweeping() {
    let server = server();
    let builder = patient(&server.url()).sweep_every(Duration::from_millis(200), 70);
    // Like a store in a static that several tests of an application use in turn.
    let store = builder.clone().build().unwrap();
    for _ in 0..3 {
        // None of them lives until the first batch is due.
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(Store::load(&store, &key(1))).unwrap();
    }
    for _ in 0..2 {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(Store::load(&store, &key(1))).unwrap();
        wait_until(|| records(&server) == LIVE);
        drop(runtime);
        expire(&server);
    }
}

#[test]
fn the_server_sweeps_by_its_own_event() {
    let server = server();
    let event = Event::of(&Schema::new("session_test.alo_session").unwrap());
    for _ in 0..2 {
        server.sql(&format!("DELIMITER //\n{}//", event.create(Duration::from_secs(1), 7))).unwrap();
        wait_until(|| records(&server) == LIVE);
        expire(&server);
        // It runs more than once.
        wait_until(|| records(&server) == LIVE);
        server.sql(&event.drop_if_exists()).unwrap();
        assert_eq!(server.sql("SELECT COUNT(*) FROM information_schema.events").unwrap(), "0\n");
        expire(&server);
    }
}

#[test]
fn the_events_of_two_databases_run_at_the_same_time() {
    let server = server();
    server.sql("CREATE DATABASE other").unwrap();
    server.sql("CREATE TABLE other.alo_session LIKE alo_session").unwrap();
    server.sql("INSERT INTO other.alo_session SELECT * FROM alo_session").unwrap();
    let event = Event::of(&Schema::new("alo_session").unwrap());
    let create = |database: &str, batch| {
        let event = event.create(Duration::from_secs(1), batch);
        server.sql(&format!("USE {database};\nDELIMITER //\n{event}//")).unwrap();
    };
    // One row at a time, with a pause after each: a run of ten seconds.
    create("other", 1);
    let left =
        || server.sql("SELECT COUNT(*) FROM other.alo_session").unwrap().trim().parse::<u64>().unwrap();
    wait_until(|| left() < LIVE + 100);
    create(MariaDb::DATABASE, 50);
    wait_until(|| records(&server) == LIVE);
    assert!(left() > LIVE, "it waited for the other one");
}

#[test]
fn a_sweep_does_not_wait_for_writers_of_live_records() {
    let server = server();
    let stores = Pair::on(&server.url());
    let mut writer = Conn::new(&*server.url()).unwrap();
    writer.query_drop("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").unwrap();
    writer.query_drop("BEGIN").unwrap();
    // All live records, the next one to expire among them.
    for number in 0..LIVE {
        let update = "UPDATE alo_session SET expires_at=expires_at+1000 WHERE family=LPAD(?,16,'0')";
        writer.exec_drop(update, (number,)).unwrap();
    }
    let removed = stores.runtime.block_on(Store::sweep(&stores.nonblocking, 60)).unwrap();
    assert_eq!((removed, BlockingStore::sweep(&stores.blocking, 60).unwrap()), (60, 40));
    assert_eq!(records(&server), LIVE);
}

/// The rows of a week that is moved through hour by hour: five visitors, a user who signs in, and those of the last eight
/// hours, whose ids rotate. Returns the most rows at a time, and how many were written.
fn week(server: &MariaDb, sweep_one_in: u32) -> (u64, u64) {
    let config = SessionConfig::with(|settings| {
        settings.sweep_one_in = sweep_one_in;
        settings.rotate_after = Some(Duration::from_secs(900));
        settings.idle = Duration::from_secs(2 * 3600);
    });
    let store = patient(&server.url()).build_blocking().unwrap();
    let sessions = session_core::blocking::Sessions::new(store, config.unwrap());
    let hour = Duration::from_secs(3600);
    let mut now = Timestamp::from(SystemTime::now());
    let save = |session: &OpenSession, now, jar: &mut String| {
        if let SetCookie::Set { id, .. } = sessions.save(session, now).unwrap().cookie {
            *jar = format!("AloSession={}", id.expose().as_str());
        }
    };
    let (mut users, mut most, mut written) = (VecDeque::new(), 0, 0);
    for _ in 0..7 * 24 {
        for visitor in 0..6 {
            let (session, mut jar) = (sessions.open(&Visit::new(), now).unwrap(), String::new());
            session.set("n", visitor).unwrap();
            save(&session, now, &mut jar);
            if visitor == 0 {
                session.login("ada").unwrap();
                save(&session, now, &mut jar);
                users.push_back(jar);
            }
        }
        users.drain(..users.len().saturating_sub(8));
        for jar in &mut users {
            let session = sessions.open(&Visit::new().cookie(jar.as_bytes()), now).unwrap();
            assert_eq!(session.owner().as_deref(), Some("ada"));
            save(&session, now, jar);
        }
        written += 7 + users.len() as u64 - 1;
        now = now.after(hour);
        server.sql(&format!("UPDATE alo_session SET expires_at=expires_at-{}", hour.as_millis())).unwrap();
        most = most.max(records(server));
    }
    (most, written)
}

#[test]
#[allow(clippy::print_stdout, reason = "the figures are a part of what it shows")]
fn rows_stay_bounded_in_a_week_of_rotations() {
    let server = MariaDb::builder().start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    for sweep_one_in in [5, 50] {
        let (most, written) = week(&server, sweep_one_in);
        println!("one in {sweep_one_in}: {written} rows written in a week, at most {most} at a time");
        assert!(written > 2000 && most < 100 + 12 * u64::from(sweep_one_in), "{most} of {written}");
        server.sql("DELETE FROM alo_session").unwrap();
    }
}
