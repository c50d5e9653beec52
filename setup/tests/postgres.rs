//! A table in PostgreSQL: planned, made, verified, repaired, granted, counted, collected and emptied.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use session_core::store::BlockingStore;
use session_postgres::blocking::PostgresStore;
use session_testservers::{Postgres, PostgresPair};
use support::{assert_ok, assert_says, create, holds, run};

fn store(url: &str) -> PostgresStore {
    let patience = std::time::Duration::from_secs(10);
    let builder = PostgresStore::builder(url).budget(patience).connect_timeout(patience);
    builder.response_timeout(patience).build_blocking().unwrap()
}

#[test]
fn a_table_is_planned_made_verified_and_used() {
    let server = Postgres::start().unwrap();
    let url = server.url();
    // Without a terminal nothing is changed.
    let plan = assert_says(&url, &["postgres"], 1, &["there is no such table", "CREATE TABLE IF NOT EXISTS"]);
    assert!(plan.contains("session-setup postgres --apply"), "{plan}");
    assert_eq!(server.sql("SELECT to_regclass('alo_session') IS NULL").unwrap(), "t\n");
    assert_ok(&url, &["postgres", "--apply"]);
    let text = assert_ok(&url, &["postgres", "--verify"]);
    assert!(text.contains("as it must be") && text.contains("throw-away session was written"), "{text}");
    assert_says(
        &url,
        &["postgres", "--json"],
        0,
        &["\"name\": \"trial\"", "\"ok\": true", "\"statements\": []"],
    );
    assert_eq!(server.sql("SELECT count(*) FROM alo_session").unwrap(), "0\n", "the trial has left nothing");

    let store = store(&url);
    (1..=3).chain(11..=12).for_each(|number| create(&store, number));
    server.sql("UPDATE alo_session SET expires_at=1 WHERE digest=decode(repeat('0c',32),'hex')").unwrap();
    let stats = assert_ok(&url, &["stats", "--exact"]);
    assert!(stats.starts_with("live     4\nowned    3\nexpired  1\noldest   "), "{stats}");
    let stats = assert_ok(&url, &["stats"]);
    assert!(stats.contains("expired  1\n"), "{stats}");
    assert!(assert_ok(&url, &["gc"]).contains("1 expired rows removed"));
    assert!(holds(&store, 11));
    assert!(assert_ok(&url, &["sessions", "Ada"]).contains("3 sessions"));
    assert!(assert_ok(&url, &["revoke", "--all", "--yes"]).contains("3 sessions of 1 owners ended"));
    assert!(!holds(&store, 1) && holds(&store, 11));
}

#[test]
fn what_can_be_repaired_is_and_every_session_stays() {
    let server = Postgres::start().unwrap();
    let url = server.url();
    assert_ok(&url, &["postgres", "--apply"]);
    let store = store(&url);
    create(&store, 1);
    for (harm, says) in [
        ("DROP INDEX alo_session_expires", "no index begins with expires_hour"),
        ("ALTER TABLE alo_session RESET (fillfactor)", "it has not fillfactor=80"),
        ("COMMENT ON TABLE alo_session IS NULL", "the comment does not say its version"),
        ("ALTER TABLE alo_session ALTER mark DROP DEFAULT", "mark has no default"),
    ] {
        server.sql(harm).unwrap();
        assert_says(&url, &["postgres", "--verify"], 1, &[says]);
        assert_ok(&url, &["postgres", "--apply"]);
        assert_ok(&url, &["postgres", "--verify"]);
    }
    assert!(holds(&store, 1));
}

#[test]
fn what_cannot_be_repaired_is_told_and_not_touched() {
    let server = Postgres::start().unwrap();
    let url = server.url();
    assert_ok(&url, &["postgres", "--apply"]);
    for (harm, undo, says) in [
        (
            "ALTER TABLE alo_session ALTER revision TYPE text USING encode(revision,'hex')",
            "ALTER TABLE alo_session ALTER revision TYPE bytea USING decode(revision,'hex')",
            "the column revision is text; it must be bytea",
        ),
        ("CREATE INDEX dear ON alo_session (expires_at)", "DROP INDEX dear", "makes every write dearer"),
        (
            "ALTER TABLE alo_session ALTER owned DROP NOT NULL",
            "ALTER TABLE alo_session ALTER owned SET NOT NULL",
            "owned may be NULL",
        ),
        (
            "ALTER TABLE alo_session ADD theirs INT NOT NULL",
            "ALTER TABLE alo_session ALTER theirs SET DEFAULT 1",
            "the unknown column theirs must have a default",
        ),
        (
            "ALTER TABLE alo_session DROP CONSTRAINT alo_session_pkey",
            "ALTER TABLE alo_session ADD PRIMARY KEY (family, digest)",
            "the primary key is ()",
        ),
        (
            "COMMENT ON TABLE alo_session IS 'alo-session schema 2'",
            "COMMENT ON TABLE alo_session IS 'alo-session schema 1'",
            "it is of version 2",
        ),
    ] {
        server.sql(harm).unwrap();
        assert_says(&url, &["postgres", "--apply"], 1, &[says]);
        server.sql(undo).unwrap();
        assert_ok(&url, &["postgres", "--verify"]);
    }
    server.sql("CREATE TABLE theirs (id INT); CREATE VIEW seen AS SELECT 1").unwrap();
    assert_says(&url, &["postgres", "--table", "theirs", "--apply"], 1, &["belongs to another program"]);
    assert_says(&url, &["postgres", "--table", "seen", "--apply"], 1, &["it is a view"]);
}

#[test]
fn the_application_needs_no_more_than_is_printed() {
    let server = Postgres::builder().access("host all app 127.0.0.1/32 scram-sha-256").start().unwrap();
    server.sql("CREATE ROLE app LOGIN PASSWORD 'geheim'").unwrap();
    let printed = assert_ok("", &["postgres", "--print", "--grant", "app"]);
    server.sql(&printed).unwrap();
    let file = server.directory().join("app-url");
    let app = format!("postgres://app:geheim@{}/{}", server.address(), Postgres::DATABASE);
    std::fs::write(&file, app).unwrap();
    let file = file.display().to_string();
    let text = assert_ok(&server.url(), &["postgres", "--app-url-file", &file]);
    assert!(text.contains("throw-away session was written") && !text.contains("geheim"), "{text}");
    server.sql("REVOKE DELETE ON alo_session FROM app").unwrap();
    let text = assert_says(
        &server.url(),
        &["postgres", "--app-url-file", &file, "--grant", "app"],
        1,
        &["GRANT SELECT"],
    );
    assert!(!text.contains("geheim"), "{text}");
}

#[test]
fn a_standby_is_a_problem_and_so_is_no_server() {
    let pair = PostgresPair::start().unwrap();
    assert_ok(&pair.primary().url(), &["postgres", "--apply"]);
    pair.wait_until_equal().unwrap();
    assert_says(
        &pair.standby().url(),
        &["postgres"],
        1,
        &["the server is a standby", "the URL of the primary"],
    );
    let url = pair.primary().url();
    pair.primary().kill().unwrap();
    let gone = run(&url, &["postgres"]);
    assert!(gone.code == Some(1) && !gone.stderr.is_empty(), "{gone:?}");
}

#[test]
fn a_table_that_others_hold_is_waited_for_in_bounded_time() {
    let server = Postgres::start().unwrap();
    let url = server.url();
    assert_ok(&url, &["postgres", "--apply"]);
    server.sql("ALTER TABLE alo_session RESET (fillfactor)").unwrap();
    let holder = std::thread::spawn({
        let (address, directory) = (server.address(), server.directory().to_owned());
        move || {
            let mut client = std::process::Command::new("psql");
            client.args(["-X", "-q", "-h"]).arg(directory).args([
                "-p",
                &address.port().to_string(),
                "-U",
                "postgres",
            ]);
            client.args([
                "-c",
                "BEGIN; LOCK TABLE alo_session IN SHARE MODE; SELECT pg_sleep(60)",
                "session_test",
            ]);
            client.stdout(std::process::Stdio::null()).status()
        }
    });
    let held = "SELECT count(*) FROM pg_locks WHERE relation='alo_session'::regclass AND mode='ShareLock'";
    while server.sql(held).unwrap() == "0\n" {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_says(&url, &["postgres", "--apply", "--no-trial", "--wait", "1"], 1, &["it failed", "--wait"]);
    server
        .sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%'")
        .unwrap();
    assert!(!holder.join().unwrap().unwrap().success());
    assert_ok(&url, &["postgres", "--apply"]);
    assert!(store(&url).load(&support::key(1)).unwrap().is_none());
}
