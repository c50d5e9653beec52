//! What keeps a MySQL from taking the writes of sessions, on a real MariaDB in each state.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod support;

use std::{env, fs, process};

use session_testservers::MariaDb;
use support::{as_user, assert_ok, assert_says, run};

const GRANT: &str = "GRANT SELECT, INSERT, UPDATE, DELETE ON alo_session TO 'app'@'%'";

/// A server with the table, and the URL of an account with the least rights.
fn server(lines: &[&str]) -> (MariaDb, String) {
    let builder = lines.iter().fold(MariaDb::builder(), |builder, line| builder.config(*line));
    let server = builder.start().unwrap();
    assert_says(&server.url(), &["mysql", "--apply", "--no-trial"], 0, &["Carried out"]);
    server.sql(&format!("CREATE USER 'app'@'%' IDENTIFIED BY 'x'; {GRANT}")).unwrap();
    let app = as_user(&server.url(), "app:x");
    (server, app)
}

#[test]
fn each_state_in_which_writes_fail_is_a_problem() {
    let (server, app) = server(&["log_bin=bin", "server_id=1"]);
    let ok = assert_says(
        &app,
        &["mysql", "--verify"],
        0,
        &["ok       binlog", "ok       writes", "ok       trial"],
    );
    assert!(ok.contains("?        replication"), "{ok}");
    for (state, undo, texts) in [
        (
            "SET GLOBAL read_only=ON",
            "SET GLOBAL read_only=OFF",
            &["PROBLEM  writes", "read_only is on", "PROBLEM  trial", "read only"][..],
        ),
        (
            "SET GLOBAL binlog_format=STATEMENT",
            "SET GLOBAL binlog_format=MIXED",
            &["PROBLEM  binlog", "binlog_format=ROW", "PROBLEM  trial", "1665"],
        ),
        (
            "REVOKE INSERT ON alo_session FROM 'app'@'%'",
            GRANT,
            &["PROBLEM  trial", "signing in fails: denied", "1142", "GRANT SELECT, INSERT"],
        ),
        ("REVOKE UPDATE ON alo_session FROM 'app'@'%'", GRANT, &["PROBLEM  trial", "fails: denied", "1142"]),
        ("REVOKE DELETE ON alo_session FROM 'app'@'%'", GRANT, &["PROBLEM  trial", "fails: denied"]),
    ] {
        server.sql(state).unwrap();
        assert_says(&app, &["mysql", "--verify"], 1, texts);
        server.sql(undo).unwrap();
        // An account that may not delete leaves what it has written.
        server.sql("DELETE FROM alo_session").unwrap();
    }
    assert_ok(&app, &["mysql", "--verify"]);
    assert_eq!(server.sql("SELECT COUNT(*) FROM alo_session").unwrap(), "0\n", "nothing is left");
    server.sql("SET GLOBAL max_allowed_packet=524288").unwrap();
    assert_says(&app, &["mysql", "--verify"], 0, &["warning  packet"]);
    assert_says(&app, &["mysql", "--verify", "--strict"], 1, &["warning  packet"]);
}

#[test]
fn root_changes_nothing_where_it_would_be_lost() {
    let master = MariaDb::builder().config("log_bin=bin").config("server_id=1").start().unwrap();
    let replica = MariaDb::builder().config("server_id=2").start().unwrap();
    let url = replica.url();
    let port = master.address().port();
    // MySQL has other words for it since 8.4.
    let (follow, stop) = if replica.sql("SELECT VERSION()").unwrap().contains("MariaDB") {
        let source = format!("MASTER_HOST='127.0.0.1', MASTER_PORT={port}, MASTER_USER='root'");
        (format!("CHANGE MASTER TO {source}; START SLAVE"), "STOP SLAVE")
    } else {
        let source = format!("SOURCE_HOST='127.0.0.1', SOURCE_PORT={port}, SOURCE_USER='root'");
        (format!("CHANGE REPLICATION SOURCE TO {source}; START REPLICA"), "STOP REPLICA")
    };
    for (state, undo, text) in [
        ("SET GLOBAL read_only=ON", "SET GLOBAL read_only=OFF", "read_only is on"),
        (&*follow, stop, "follows another one"),
    ] {
        replica.sql(state).unwrap();
        assert_says(&url, &["mysql", "--apply", "--event"], 1, &[text, "nothing is changed", "--force"]);
        assert_eq!(replica.sql("SHOW TABLES").unwrap(), "");
        replica.sql(undo).unwrap();
    }
    replica.sql(&follow).unwrap();
    assert_says(&url, &["mysql", "--apply", "--force"], 0, &["warning  replication", "Carried out"]);
    // A server that was promoted still knows its old master, and follows nobody.
    replica.sql(stop).unwrap();
    assert_says(&url, &["mysql", "--verify"], 0, &["ok       replication"]);
}

#[test]
fn the_applications_own_account_is_tried() {
    let (server, app) = server(&[]);
    let file = env::temp_dir().join(format!("session-setup-app-{}", process::id()));
    let path = file.to_str().unwrap();
    let verify = ["mysql", "--verify", "--app-url-file", path];
    fs::write(&file, &app).unwrap();
    assert_says(&server.url(), &verify, 0, &["ok       trial"]);
    server.sql("REVOKE DELETE ON alo_session FROM 'app'@'%'").unwrap();
    assert_says(&server.url(), &verify, 1, &["PROBLEM  trial", "fails: denied"]);
    fs::write(&file, app.replace("app:x", "app:sesame")).unwrap();
    let said =
        assert_says(&server.url(), &verify, 1, &["PROBLEM  trial", "check user, password and encryption"]);
    assert!(!said.contains("sesame"), "{said}");
    assert_says(&server.url(), &["mysql", "--verify"], 0, &["ok       trial"]);
    fs::remove_file(file).unwrap();
    assert_eq!(server.sql("SELECT COUNT(*) FROM alo_session").unwrap(), "0\n", "nothing is left");
}

#[test]
fn what_an_account_may_not_do_is_told_and_nothing_is_changed() {
    let server = MariaDb::start().unwrap();
    server
        .sql("CREATE USER 'poor'@'%' IDENTIFIED BY 'x'; GRANT SELECT ON session_test.* TO 'poor'@'%'")
        .unwrap();
    let ran = run(&as_user(&server.url(), "poor:x"), &["mysql", "--apply"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stdout.contains("PROBLEM  change") && ran.stdout.contains("use an account that may do this"),
        "{ran:?}"
    );
    assert_eq!(server.sql("SHOW TABLES").unwrap(), "");
}
