//! The program, on a real MariaDB.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::{
    process::{Command, Output},
    time::{Duration, Instant},
};

use session_core::{
    id::{Digest, Family, StoreKey},
    store::{BlockingStore as _, Revision, Write},
};
use session_mysql::blocking::MysqlStore;
use session_testservers::MariaDb;

/// Exit code, output and errors of `session-setup`.
fn run(url: &str, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_session-setup"));
    let Output { status, stdout, stderr } =
        command.args(args).env("SESSION_SETUP_URL", url).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn assert_ok(url: &str, args: &[&str]) -> String {
    let (code, stdout, stderr) = run(url, args);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{args:?}: {stdout}");
    stdout
}

fn store(url: &str) -> MysqlStore {
    let patience = Duration::from_secs(10);
    let builder =
        MysqlStore::builder(url).budget(patience).connect_timeout(patience).response_timeout(patience);
    builder.build_blocking().unwrap()
}

fn key(number: u8) -> StoreKey {
    let digest = Digest::from_bytes([number; 32]);
    let family = if number < 10 { Family::of_owner("Ada", None) } else { Family::anonymous(&digest) };
    StoreKey { family, digest }
}

fn create(store: &MysqlStore, number: u8) {
    let write =
        Write { next: Revision::from_bytes([1; 16]), data: &[number; 100], ttl: Duration::from_secs(600) };
    store.create(&key(number), write, None).unwrap();
}

fn holds(store: &MysqlStore, number: u8) -> bool {
    store.load(&key(number)).unwrap().is_some_and(|stored| *stored.data == [number; 100])
}

#[test]
fn a_table_is_made_once_and_found_right_from_then_on() {
    let server = MariaDb::start().unwrap();
    let url = server.url();
    let (code, stdout, _) = run(&url, &["mysql", "--verify"]);
    assert!(code == Some(1) && stdout.contains("there is no such table"), "{stdout}");
    let made = assert_ok(&url, &["mysql"]);
    assert!(
        made.contains("CREATE TABLE") && made.contains("GRANT SELECT, INSERT, UPDATE, DELETE ON"),
        "{made}"
    );
    create(&store(&url), 1);
    for args in [&["mysql"][..], &["mysql", "--verify"]] {
        let again = assert_ok(&url, args);
        assert!(again.contains("as it must be") && !again.contains("CREATE TABLE"), "{again}");
    }
    assert!(holds(&store(&url), 1));
}

#[test]
fn what_it_prints_needs_no_server_and_makes_the_same() {
    let server = MariaDb::start().unwrap();
    let printed =
        assert_ok("", &["mysql", "--print", "--event", "--table", "mine", "--grant", "app@127.0.0.1"]);
    server.sql("CREATE USER 'app'@'127.0.0.1' IDENTIFIED BY 'x'").unwrap();
    server.sql(&printed).unwrap();
    let found = assert_ok(&server.url(), &["mysql", "--verify", "--event", "--table", "mine"]);
    assert!(found.contains("as it must be"), "{found}");
    // The privileges that it prints are enough for all that a store does.
    let (_, place) = server.url().split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let app = store(&format!("mysql://app:x@{place}?table=mine"));
    create(&app, 1);
    create(&app, 2);
    assert!(holds(&app, 1));
    assert_eq!(app.revoke(&key(1).family, None).unwrap(), 2);
    assert_eq!(app.sweep(10).unwrap(), 0);
}

#[test]
fn every_difference_is_named_and_cured_and_no_session_is_lost() {
    let server = MariaDb::start().unwrap();
    let url = server.url();
    assert_ok(&url, &["mysql"]);
    create(&store(&url), 1);
    create(&store(&url), 11);
    let mangle = "ALTER TABLE alo_session MODIFY data BLOB NOT NULL, DROP KEY expires_at, MODIFY owned TINYINT NULL, COMMENT=''";
    server.sql(mangle).unwrap();
    let (code, stdout, _) = run(&url, &["mysql", "--verify"]);
    assert_eq!(code, Some(1));
    for text in
        ["data is blob", "owned may be NULL", "no index begins with expires_at", "does not say its version"]
    {
        assert!(stdout.contains(text), "{text}: {stdout}");
    }
    assert_eq!(stdout.matches("PROBLEM").count(), 4, "{stdout}");
    assert_ok(&url, &["mysql"]);
    assert_ok(&url, &["mysql", "--verify"]);
    assert!(holds(&store(&url), 1) && holds(&store(&url), 11));

    server.sql("ALTER TABLE alo_session MODIFY revision CHAR(16) NOT NULL").unwrap();
    let (code, stdout, _) = run(&url, &["mysql"]);
    assert!(code == Some(1) && stdout.contains("rename the table"), "{stdout}");
    server
        .sql("ALTER TABLE alo_session MODIFY revision BINARY(16) NOT NULL, COMMENT='alo-session schema 2'")
        .unwrap();
    let (code, stdout, _) = run(&url, &["mysql"]);
    assert!(code == Some(1) && stdout.contains("newer release"), "{stdout}");
}

#[test]
fn the_event_removes_what_has_expired_and_can_be_removed() {
    let server = MariaDb::builder().config("event_scheduler=OFF").start().unwrap();
    let url = server.url();
    let off = assert_ok(&url, &["mysql", "--event", "--every", "1"]);
    assert!(off.contains("runs no events") && off.contains("SET GLOBAL event_scheduler=ON"), "{off}");
    let (code, other, _) = run(&url, &["mysql", "--verify", "--event", "--every", "2"]);
    assert!(code == Some(1) && other.contains("every 1 s, and not every 2 s"), "{other}");
    create(&store(&url), 11);
    create(&store(&url), 12);
    server.sql("UPDATE alo_session SET expires_at=1 WHERE digest=REPEAT(CHAR(12),32)").unwrap();
    server.sql("SET GLOBAL event_scheduler=ON").unwrap();
    assert!(
        assert_ok(&url, &["mysql", "--verify", "--event", "--every", "1"])
            .contains("removes what has expired every 1 s")
    );
    let start = Instant::now();
    while !assert_ok(&url, &["stats"]).contains("expired  0") {
        assert!(start.elapsed() < Duration::from_secs(30), "the event removes nothing");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(holds(&store(&url), 11));
    assert!(assert_ok(&url, &["mysql", "--no-event"]).contains("none"));
}

#[test]
fn garbage_is_counted_and_collected() {
    let server = MariaDb::start().unwrap();
    let url = format!("{}?table=mine", server.url());
    assert_ok(&url, &["mysql"]);
    for number in [1, 2, 11, 12, 13] {
        create(&store(&url), number);
    }
    server
        .sql("UPDATE mine SET expires_at=1 WHERE digest IN (REPEAT(CHAR(12),32),REPEAT(CHAR(13),32))")
        .unwrap();
    let counted = assert_ok(&url, &["stats"]);
    for text in ["live     3", "owned    2", "expired  2", "MiB"] {
        assert!(counted.contains(text), "{text}: {counted}");
    }
    assert_eq!(assert_ok(&url, &["gc", "--batch", "1"]), "2 expired rows removed\n");
    assert_eq!(assert_ok(&url, &["gc"]), "0 expired rows removed\n");
    assert!(holds(&store(&url), 11) && holds(&store(&url), 1));
}

#[test]
fn what_fails_is_one_line_without_a_password() {
    let server = MariaDb::start().unwrap();
    server.sql("CREATE USER 'poor'@'127.0.0.1' IDENTIFIED BY 'sesame'").unwrap();
    let (_, place) = server.url().split_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    for (url, args, text) in [
        (format!("mysql://poor:guessed@{place}"), &["mysql"][..], "1045"),
        (format!("mysql://poor:sesame@{place}"), &["mysql"], "10"),
        (server.url(), &["stats"], "1146"),
        (server.url(), &["mysql", "--table", "no;name"], "letters, digits"),
        ("mysql://u:sesame@127.0.0.1:1/d".to_owned(), &["stats"], "refused"),
        ("mysql://u:sesame@h/d?what=1".to_owned(), &["gc"], "unknown parameter `what`"),
    ] {
        let (code, stdout, stderr) = run(&url, args);
        assert_eq!((code, stdout.as_str(), stderr.lines().count()), (Some(1), "", 1), "{stderr}");
        assert!(stderr.contains(text), "{text}: {stderr}");
        assert!(!stderr.contains("sesame") && !stderr.contains("guessed"), "{stderr}");
    }
}
