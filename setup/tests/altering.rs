//! A table is altered beside an application that goes on.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod support;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use session_core::store::BlockingStore as _;
use session_mysql::blocking::MysqlStore;
use session_testservers::MariaDb;
use support::{assert_ok, assert_says, create, holds, key, mysql};

/// A transaction that has read the table and stays open until it is told to end, in seconds.
fn hold(server: &MariaDb, seconds: u32) {
    let sql = format!("BEGIN; SELECT COUNT(*) FROM alo_session; SELECT SLEEP({seconds}); COMMIT");
    server.sql(&sql).unwrap();
}

/// Ends the loads however the test ends.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn wait_until_held(server: &MariaDb) {
    let start = Instant::now();
    while server.sql("SELECT COUNT(*) FROM information_schema.processlist WHERE state='User sleep'").unwrap()
        != "1\n"
    {
        assert!(start.elapsed() < Duration::from_secs(20), "nobody holds the table");
    }
}

#[test]
fn loads_go_on_while_a_reader_keeps_the_alteration_waiting() {
    let server = MariaDb::start().unwrap();
    let url = server.url();
    assert_ok(&url, &["mysql", "--apply"]);
    create(&mysql(&url), 1);
    server.sql("ALTER TABLE alo_session DROP KEY expires_at").unwrap();
    let (over, store) = (AtomicBool::new(false), MysqlStore::connect(&url).unwrap());
    thread::scope(|scope| {
        scope.spawn(|| hold(&server, 6));
        wait_until_held(&server);
        let loads = scope.spawn(|| {
            let (mut count, mut failed) = (0, Vec::new());
            while !over.load(Ordering::Relaxed) {
                // With the limits of an application.
                match store.load(&key(1)) {
                    Ok(Some(_)) => count += 1,
                    other => failed.push(format!("{other:?}")),
                }
                thread::sleep(Duration::from_millis(5));
            }
            (count, failed)
        });
        let ended = Over(&over);
        // While the reader is there, it is tried in vain, and then it is told why nothing was changed.
        assert_says(
            &url,
            &["mysql", "--apply", "--wait", "2"],
            1,
            &["other transactions held the table for 2 s"],
        );
        assert!(!server.sql("SHOW CREATE TABLE alo_session").unwrap().contains("KEY `expires_at`"));
        // The next one waits until the reader has gone.
        assert_ok(&url, &["mysql", "--apply"]);
        drop(ended);
        let (count, failed) = loads.join().unwrap();
        assert!(failed.is_empty(), "{} of {count} loads failed: {:?}", failed.len(), failed.first());
        assert!(count > 0);
    });
    assert!(server.sql("SHOW CREATE TABLE alo_session").unwrap().contains("KEY `expires_at`"));
    assert!(holds(&mysql(&url), 1));
}
