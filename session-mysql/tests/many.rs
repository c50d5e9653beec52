//! An owner with very many sessions: each way of ending them is one call, and no statement of it is large. Prints what it saw.
//!
//! 20,000 sessions by default; `SESSION_TEST_LONG=1` makes it 100,000 and 300,000 small ones and 10,000 of 20 kB, with the
//! default limits, while others read.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test code")]

mod support;

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore, Cap, CreateOutcome, OnFull, Page, Store},
};
use session_mysql::{Builder, MysqlStore, Schema, blocking};
use session_testservers::{MariaDb, load::is_long};
use support::pair::{Pair, patient, write};

const OWNER: Family = Family::from_bytes([0x81; 16]);
const NOW: &str = "TIMESTAMPDIFF(MICROSECOND,'1970-01-01',UTC_TIMESTAMP(3)) DIV 1000";

/// A server with a table of numbers, which logs every statement.
fn start() -> MariaDb {
    let server = MariaDb::start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    server.sql("CREATE TABLE numbers (i INT PRIMARY KEY); INSERT INTO numbers VALUES (0)").unwrap();
    for doubling in 0..19 {
        server.sql(&format!("INSERT INTO numbers SELECT i+{} FROM numbers", 1 << doubling)).unwrap();
    }
    server.sql("SET GLOBAL log_output='TABLE', GLOBAL long_query_time=0, GLOBAL slow_query_log=1").unwrap();
    server
}

/// Sessions of the owner, the oldest first by their number, so many milliseconds from now.
fn fill(server: &MariaDb, from: u32, count: u32, size: usize, age: i64) {
    for start in (from..from + count).step_by(5_000) {
        let end = (start + 5_000).min(from + count);
        server
            .sql(&format!(
                "INSERT INTO alo_session (family,digest,revision,owned,created_at,expires_at,data) SELECT \
                 REPEAT(x'81',16),UNHEX(SHA2(i,256)),REPEAT(CHAR(1),16),1,{NOW}+{age}+i,{NOW}+8640000,REPEAT('x',{size}) \
                 FROM numbers WHERE i>={start} AND i<{end}"
            ))
            .unwrap();
    }
    server.sql("TRUNCATE mysql.slow_log").unwrap();
}

/// The longest statement since the last look in seconds, and the most rows that one returned.
fn longest(server: &MariaDb) -> (f64, u64) {
    let slowest = "SELECT MAX(TIME_TO_SEC(query_time)),MAX(rows_sent) FROM mysql.slow_log WHERE sql_text LIKE '%alo_session%'";
    let found = server.sql(slowest).unwrap();
    server.sql("TRUNCATE mysql.slow_log").unwrap();
    let (time, rows) = found.trim().split_once('\t').unwrap();
    (time.parse().unwrap(), rows.parse().unwrap())
}

fn rows(server: &MariaDb) -> u32 {
    server.sql("SELECT COUNT(*) FROM alo_session WHERE owned=1").unwrap().trim().parse().unwrap()
}

fn key(byte: u8) -> StoreKey {
    StoreKey { family: OWNER, digest: Digest::from_bytes([byte; 32]) }
}

fn cap(max: u32) -> Option<Cap> {
    Some(Cap { max: NonZeroU32::new(max).unwrap(), on_full: OnFull::EvictOldest })
}

fn evicted(created: CreateOutcome) -> usize {
    let CreateOutcome::Created { evicted } = created else { panic!("{created:?}") };
    let count = evicted.len();
    let distinct: std::collections::BTreeSet<_> = evicted.into_iter().collect();
    assert_eq!(distinct.len(), count);
    count
}

#[test]
fn twenty_thousand_sessions_of_one_owner_end_by_one_call() {
    let server = start();
    // So patient that nothing depends on how fast the machine is.
    let stores = Pair::of(
        &patient(&server.url()).response_timeout(Duration::from_secs(60)).budget(Duration::from_secs(600)),
    );
    let (blocking, nonblocking) = (&stores.blocking, &stores.nonblocking);
    let check = |what: &str, most: u64| {
        let (time, sent) = longest(&server);
        println!("{what}: the longest statement took {time:.3} s, the largest reply had {sent} rows");
        assert!(sent <= most, "{sent} rows");
    };
    fill(&server, 0, 20_000, 200, -1_000_000);
    assert_eq!(BlockingStore::revoke(blocking, &OWNER, None).unwrap(), 20_000);
    check("all end", 1);
    assert_eq!(rows(&server), 0);

    fill(&server, 20_000, 20_000, 200, 1_000_000);
    let created = stores.runtime.block_on(Store::create(nonblocking, &key(1), write(1, b"new"), cap(10)));
    assert_eq!(evicted(created.unwrap()), 19_991);
    check("a limit of 10", 16_384);
    assert_eq!(rows(&server), 10);
    let page = BlockingStore::list(blocking, &OWNER, Page::default()).unwrap();
    assert_eq!(page.sessions.len(), 10);
    assert_eq!(page.sessions.first().unwrap().0, key(1).digest);

    fill(&server, 40_000, 20_000, 200, 2_000_000);
    let revoked = stores.runtime.block_on(Store::revoke(nonblocking, &OWNER, Some(&key(1).digest)));
    assert_eq!(revoked.unwrap(), 20_009);
    check("all but one end", 1);
    assert_eq!(rows(&server), 1);
    assert!(BlockingStore::load(blocking, &key(1)).unwrap().is_some());
}

/// Reads the sessions of others until it is told to stop. Returns the time of each read, sorted.
fn read(store: &blocking::MysqlStore, stop: &AtomicBool) -> Vec<Duration> {
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        for number in 0..16 {
            let began = Instant::now();
            assert!(store.load(&support::pair::key(number)).unwrap().is_some());
            times.push(began.elapsed());
        }
    }
    times.sort_unstable();
    times
}

fn percentile(times: &[Duration]) -> Duration {
    *times.get(times.len() * 99 / 100).unwrap()
}

/// The loads of others while `work` is carried out: the 99th percentile.
fn while_reading<T>(builder: &Builder, work: impl FnOnce() -> T) -> (T, Duration) {
    let (reader, stop) = (builder.clone().build_blocking().unwrap(), AtomicBool::new(false));
    thread::scope(|scope| {
        let reads = scope.spawn(|| read(&reader, &stop));
        let result = work();
        stop.store(true, Ordering::Relaxed);
        (result, percentile(&reads.join().unwrap()))
    })
}

#[test]
fn the_figures_for_very_many_sessions() {
    if !is_long() {
        return;
    }
    let server = start();
    let builder = MysqlStore::builder(&server.url());
    let minute = Duration::from_secs(60);
    let others = Pair::of(&patient(&server.url()).response_timeout(minute).budget(minute));
    let store = builder.clone().build_blocking().unwrap();
    for number in 0..16 {
        let _ = others.create(number);
    }
    let ((), quiet) = while_reading(&builder, || thread::sleep(Duration::from_secs(2)));
    for (count, size) in [(100_000, 200), (300_000, 200), (10_000, 20_000)] {
        for (what, max) in [("revoke", 0), ("a sign-in with a limit of 10", 10)] {
            server.sql("DELETE FROM alo_session WHERE family=REPEAT(x'81',16)").unwrap();
            fill(&server, 0, count, size, -1_000_000);
            let began = Instant::now();
            let (ended, p99) = while_reading(&builder, || {
                if max == 0 {
                    store.revoke(&OWNER, None).unwrap()
                } else {
                    evicted(store.create(&key(1), write(1, b"new"), cap(max)).unwrap()) as u64
                }
            });
            let time = began.elapsed();
            let ratio = p99.as_secs_f64() / quiet.as_secs_f64();
            let (statement, _) = longest(&server);
            let left = rows(&server);
            println!(
                "{what}, {count} x {size} B: {time:.2?}, {ended} ended, {left} rows left, longest statement {statement:.3} s, \
                 p99 of other loads {p99:.2?} ({ratio:.1} times {quiet:.2?})"
            );
            let page = BlockingStore::list(&others.blocking, &OWNER, Page::default()).unwrap();
            assert_eq!(page.sessions.len(), usize::try_from(max).unwrap());
        }
    }
}
