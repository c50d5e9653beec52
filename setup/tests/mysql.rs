//! The program, on a real MariaDB.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod support;

use std::time::{Duration, Instant};

use session_core::store::BlockingStore as _;
use session_testservers::MariaDb;
use support::{as_user, assert_ok, assert_says, create, holds, key, mysql as store, run};

#[test]
fn a_table_is_made_once_and_found_right_from_then_on() {
    let server = MariaDb::start().unwrap();
    let url = server.url();
    // Without a terminal nothing is changed unless it is told to.
    for args in [&["mysql", "--verify"][..], &["mysql"]] {
        assert_says(&url, args, 1, &["there is no such table", "To be carried out", "CREATE TABLE"]);
        assert_eq!(server.sql("SHOW TABLES").unwrap(), "");
    }
    let made = assert_ok(&url, &["mysql", "--apply"]);
    assert!(
        made.contains("CREATE TABLE") && made.contains("GRANT SELECT, INSERT, UPDATE, DELETE ON"),
        "{made}"
    );
    create(&store(&url), 1);
    for args in [&["mysql", "--apply"][..], &["mysql"], &["mysql", "--verify"]] {
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
    let app = store(&as_user(&format!("{}?table=mine", server.url()), "app:x"));
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
    assert_ok(&url, &["mysql", "--apply"]);
    create(&store(&url), 1);
    create(&store(&url), 11);
    let mangle = "ALTER TABLE alo_session MODIFY data BLOB NOT NULL, DROP KEY expires_at, MODIFY owned TINYINT NULL, COMMENT=''";
    server.sql(mangle).unwrap();
    let before = server.sql("SHOW CREATE TABLE alo_session").unwrap();
    let named =
        ["data is blob", "owned may be NULL", "no index begins with expires_at", "does not say its version"];
    let found = assert_says(&url, &["mysql", "--verify"], 1, &named);
    assert_eq!(found.matches("PROBLEM  table").count(), 4, "{found}");
    // A blob can grow only while the table is copied.
    assert_says(&url, &["mysql", "--apply"], 1, &["nothing is changed", "--block-writers allows it"]);
    assert_eq!(server.sql("SHOW CREATE TABLE alo_session").unwrap(), before);
    assert_ok(&url, &["mysql", "--apply", "--block-writers"]);
    assert_ok(&url, &["mysql", "--verify"]);
    assert!(holds(&store(&url), 1) && holds(&store(&url), 11));

    server.sql("ALTER TABLE alo_session MODIFY revision CHAR(16) NOT NULL").unwrap();
    assert_says(&url, &["mysql", "--apply"], 1, &["rename the table", "nothing is changed"]);
    server
        .sql("ALTER TABLE alo_session MODIFY revision BINARY(16) NOT NULL, COMMENT='alo-session schema 2'")
        .unwrap();
    assert_says(&url, &["mysql", "--apply"], 1, &["newer release", "nothing is changed"]);
}

#[test]
fn the_event_removes_what_has_expired_and_can_be_removed() {
    let server = MariaDb::builder().config("event_scheduler=OFF").start().unwrap();
    let url = server.url();
    let off = assert_ok(&url, &["mysql", "--event", "--every", "1", "--apply"]);
    assert!(off.contains("runs no events") && off.contains("SET GLOBAL event_scheduler=ON"), "{off}");
    assert_says(
        &url,
        &["mysql", "--verify", "--event", "--every", "2"],
        1,
        &["every 1 s, and not every 2 s"],
    );
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
    assert!(assert_ok(&url, &["mysql", "--no-event", "--apply"]).contains("none"));
}

#[test]
fn garbage_is_counted_and_collected() {
    let server = MariaDb::start().unwrap();
    let url = format!("{}?table=mine", server.url());
    assert_ok(&url, &["mysql", "--apply"]);
    for number in [1, 2, 11, 12, 13] {
        create(&store(&url), number);
    }
    server
        .sql("UPDATE mine SET expires_at=1 WHERE digest IN (REPEAT(CHAR(12),32),REPEAT(CHAR(13),32))")
        .unwrap();
    let counted = assert_ok(&url, &["stats", "--exact"]);
    for text in ["live     3", "owned    2", "expired  2", "MiB"] {
        assert!(counted.contains(text), "{text}: {counted}");
    }
    let estimated = assert_ok(&url, &["stats"]);
    assert!(estimated.contains("rows     about ") && estimated.contains("expired  2\n"), "{estimated}");
    assert_eq!(assert_ok(&url, &["gc", "--batch", "1"]), "2 expired rows removed\n");
    assert_eq!(assert_ok(&url, &["gc"]), "0 expired rows removed\n");
    assert!(holds(&store(&url), 11) && holds(&store(&url), 1));
}

#[test]
fn what_fails_is_one_line_without_a_password() {
    let server = MariaDb::start().unwrap();
    server.sql("CREATE USER 'poor'@'127.0.0.1' IDENTIFIED BY 'sesame'").unwrap();
    for (url, args, text) in [
        (as_user(&server.url(), "poor:guessed"), &["mysql"][..], "1045"),
        (as_user(&server.url(), "poor:sesame"), &["mysql"], "10"),
        (server.url(), &["stats"], "1146"),
        (server.url(), &["mysql", "--table", "no;name"], "letters, digits"),
        ("mysql://u:sesame@127.0.0.1:1/d".to_owned(), &["stats"], "refused"),
        ("mysql://u:sesame@h/d?what=1".to_owned(), &["gc"], "unknown parameter `what`"),
    ] {
        let ran = run(&url, args);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.lines().count()), (Some(1), "", 1), "{ran:?}");
        let stderr = ran.stderr;
        assert!(stderr.contains(text), "{text}: {stderr}");
        assert!(!stderr.contains("sesame") && !stderr.contains("guessed"), "{stderr}");
    }
}
