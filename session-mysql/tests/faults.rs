//! What both APIs do when the server is frozen, killed, full, read-only or not set up (FAULT-1, FAULT-3).

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::{error::Error as _, time::Instant};

use mysql::Conn;
use session_core::store::{Applied, StoreErrorKind};
use session_mysql::Schema;
use session_sqltests::faults::{self, assert_is};
use session_testservers::MariaDb;
use support::{
    here::Here,
    pair::{BOUND, Pair, patient},
};

fn server(settings: &[&str]) -> MariaDb {
    let builder = settings.iter().fold(MariaDb::builder(), |builder, line| builder.config(*line));
    let server = builder.start().unwrap();
    server.sql(&Schema::new("alo_session").unwrap().create_table()).unwrap();
    server.sql("CREATE USER 'app'@'%' IDENTIFIED BY 'geheim'").unwrap();
    server.sql(&Schema::new("alo_session").unwrap().grant("app@%")).unwrap();
    server
}

/// The URL for a user who is not an administrator: many refusals do not apply to administrators.
fn url(server: &MariaDb) -> String {
    format!("mysql://app:geheim@{}/{}", server.address(), MariaDb::DATABASE)
}

#[test]
fn a_server_that_is_killed_is_an_error_until_it_is_back() {
    let server = server(&[]);
    faults::a_server_that_is_killed_is_an_error_until_it_is_back::<Here>(&server, &url(&server));
}

#[test]
fn connections_that_died_unseen_cost_no_operation() {
    let server = server(&[]);
    let end_sessions = || {
        let found = server.sql("SELECT id FROM information_schema.processlist WHERE user='app'").unwrap();
        found.lines().for_each(|id| drop(server.sql(&format!("KILL CONNECTION {id}")).unwrap()));
    };
    faults::connections_that_died_unseen_cost_no_operation::<Here>(&server, &url(&server), end_sessions);
}

#[test]
fn a_server_that_is_frozen_is_a_timeout_of_unknown_outcome() {
    let server = server(&[]);
    faults::a_server_that_is_frozen_is_a_timeout_of_unknown_outcome::<Here>(&server, &url(&server));
}

#[test]
fn a_server_that_takes_no_writes_is_read_all_the_same() {
    let server = server(&[]);
    let stores = Pair::on(&url(&server));
    stores.works(1);
    server.sql("SET GLOBAL read_only=1").unwrap();
    for failed in stores.create(2) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::ReadOnly, Applied::No);
    }
    stores.reads(1);
    server.sql("SET GLOBAL read_only=0").unwrap();
    stores.works(2);
}

#[test]
fn a_server_with_too_many_clients_says_so_until_one_leaves() {
    let server = server(&["max_connections=12"]);
    let stores = Pair::on(&url(&server));
    let mut others = Vec::new();
    while let Ok(conn) = Conn::new(&*url(&server)) {
        others.push(conn);
    }
    for failed in stores.create(1) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::Overloaded, Applied::No);
    }
    drop(others);
    let began = Instant::now();
    // The server counts a client until it has noticed that the client left.
    while stores.create(1).iter().any(Result::is_err) {
        assert!(began.elapsed() < BOUND, "the store does not recover");
    }
    stores.works(2);
}

#[test]
fn what_is_not_set_up_is_told_with_the_command_that_does() {
    let server = server(&[]);
    let app = url(&server);
    let wrong = [
        (app.replace("geheim", "wrong"), StoreErrorKind::Denied),
        (format!("{app}?table=mysql.user"), StoreErrorKind::Denied),
        (app.replace(MariaDb::DATABASE, "nowhere"), StoreErrorKind::Denied),
        (server.url().replace(MariaDb::DATABASE, "nowhere"), StoreErrorKind::Unsupported),
        (format!("{}?table=missing", server.url()), StoreErrorKind::Unsupported),
    ];
    for (url, kind) in wrong {
        for failed in Pair::on(&url).create(1) {
            assert_is(&failed.unwrap_err(), kind, Applied::No);
        }
    }
    server.sql("CREATE TABLE other (id INT)").unwrap();
    for table in ["missing", "other"] {
        let stores = Pair::of(&patient(&server.url()).table(table));
        for failed in stores.load(1) {
            let failed = failed.unwrap_err();
            assert_is(&failed, StoreErrorKind::Unsupported, Applied::No);
            let source = failed.source().unwrap().to_string();
            assert!(source.contains(&format!("session-setup mysql <url> --table {table}")), "{source}");
        }
    }
    Pair::of(&patient(&server.url()).table("made").create_table_if_missing()).works(1);
    let comment = server.sql("SELECT table_comment FROM information_schema.tables WHERE table_name='made'");
    assert_eq!(comment.unwrap().trim(), Schema::comment());
}

/// Each says what to do, and none is retried. MariaDB and MySQL have words of their own.
#[test]
fn what_an_administrator_must_change_is_told() {
    let server = server(&[]);
    for (setup, undo, kind, says) in [
        (
            "SET GLOBAL require_secure_transport=1",
            "SET GLOBAL require_secure_transport=0",
            StoreErrorKind::Denied,
            &["may want an encrypted connection: `ssl-mode`", "wants an encrypted connection: add `ssl-mode"]
                [..],
        ),
        (
            "SET GLOBAL max_prepared_stmt_count=0",
            "SET GLOBAL max_prepared_stmt_count=16382",
            StoreErrorKind::Overloaded,
            &["raise `max_prepared_stmt_count`"],
        ),
        (
            "ALTER USER app PASSWORD EXPIRE",
            "ALTER USER app IDENTIFIED BY 'geheim' PASSWORD EXPIRE NEVER",
            StoreErrorKind::Denied,
            &["error 1820", "error 1862"],
        ),
        (
            "ALTER USER app ACCOUNT LOCK",
            "ALTER USER app ACCOUNT UNLOCK",
            StoreErrorKind::Denied,
            &["error 4151", "error 3118"],
        ),
    ] {
        server.sql(setup).unwrap();
        for failed in Pair::on(&url(&server)).create(1) {
            let failed = failed.unwrap_err();
            assert_is(&failed, kind, Applied::No);
            let source = failed.source().unwrap().to_string();
            assert!(says.iter().any(|says| source.contains(says)), "{setup}: {source}");
        }
        server.sql(undo).unwrap();
    }
    Pair::on(&url(&server)).works(2);
}

#[test]
fn a_row_that_others_hold_is_an_answer_and_keeps_the_connection() {
    let server = server(&[]);
    let connections = "SELECT id FROM information_schema.processlist WHERE user='app' ORDER BY id";
    faults::a_row_that_others_hold_is_an_answer_and_keeps_the_connection::<Here>(
        &server,
        &url(&server),
        connections,
    );
}

#[test]
fn a_pool_that_is_used_up_is_waited_for_in_bounded_time() {
    faults::a_pool_that_is_used_up_is_waited_for_in_bounded_time::<Here>();
}
