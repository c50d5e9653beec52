//! What both APIs do when the server is killed, frozen, full, a standby or not set up (FAULT-1, FAULT-3).

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::error::Error as _;

use session_core::store::{Applied, StoreErrorKind};
use session_postgres::Schema;
use session_sqltests::faults::{self, assert_is, assert_written};
use session_testservers::{PgBouncer, Postgres, PostgresPair, proxy::Proxy};
use support::{
    admin::Admin,
    here::Here,
    pair::{BOUND, Pair, patient},
};

fn set_up(server: &Postgres) {
    let schema = Schema::new("alo_session").unwrap();
    server.sql(&schema.create_table()).unwrap();
    server.sql("CREATE ROLE app LOGIN PASSWORD 'geheim'").unwrap();
    server.sql(&schema.grant("app")).unwrap();
}

fn server(settings: &[&str]) -> Postgres {
    // Only this user must show a password.
    let builder = Postgres::builder().access("host all app 127.0.0.1/32 scram-sha-256");
    let builder = settings.iter().fold(builder, |builder, line| builder.config(*line));
    let server = builder.start().unwrap();
    set_up(&server);
    server
}

/// The URL for a user who is not an administrator: many refusals do not apply to administrators.
fn url(address: impl std::fmt::Display) -> String {
    format!("postgres://app:geheim@{address}/{}", Postgres::DATABASE)
}

#[test]
fn a_server_that_is_killed_is_an_error_until_it_is_back() {
    let server = server(&[]);
    faults::a_server_that_is_killed_is_an_error_until_it_is_back::<Here>(&server, &url(server.address()));
}

#[test]
fn connections_that_died_unseen_cost_no_operation() {
    let server = server(&[]);
    let end_sessions = || {
        // One that is still being made would be lost second, and each operation bears one loss.
        let busy =
            "SELECT count(*) FROM pg_stat_activity WHERE usename='app' AND state IS DISTINCT FROM 'idle'";
        while server.sql(busy).unwrap().trim() != "0" {}
        let ended = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename='app'";
        server.sql(ended).unwrap();
    };
    faults::connections_that_died_unseen_cost_no_operation::<Here>(
        &server,
        &url(server.address()),
        end_sessions,
    );
}

#[test]
fn a_server_that_is_frozen_is_a_timeout_of_unknown_outcome() {
    let server = server(&[]);
    faults::a_server_that_is_frozen_is_a_timeout_of_unknown_outcome::<Here>(&server, &url(server.address()));
}

#[test]
fn a_standby_is_read_and_left_for_the_primary_when_it_refuses_a_write() {
    let pair = PostgresPair::start().unwrap();
    set_up(pair.primary());
    let direct = Pair::on(&url(pair.primary().address()));
    direct.works(1);
    pair.wait_until_equal().unwrap();
    let proxy = Proxy::start(pair.standby().address()).unwrap();
    let [stores, refused] = [(); 2].map(|()| Pair::on(&url(proxy.address())));
    for failed in refused.create(2) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::ReadOnly, Applied::No);
    }
    refused.reads(1);
    assert!(stores.load_at_once(1, 8).into_iter().all(|loaded| loaded.is_ok()));
    // The address leads to the primary from now on, and every connection that there is leads to the standby.
    proxy.lead_to(pair.primary().address());
    for number in 2..20 {
        assert_written(stores.commit(1, number - 1, number));
    }
    // One that was refused looks again after a while.
    let began = std::time::Instant::now();
    while refused.create(2).iter().any(Result::is_err) {
        assert!(began.elapsed() < BOUND, "the store does not recover");
    }
    refused.works(3);
}

#[test]
fn a_standby_that_is_promoted_takes_writes() {
    let pair = PostgresPair::start().unwrap();
    set_up(pair.primary());
    pair.commit_on_both().unwrap();
    let proxy = Proxy::start(pair.primary().address()).unwrap();
    let stores = Pair::on(&url(proxy.address()));
    stores.works(1);
    pair.primary().kill().unwrap();
    proxy.lead_to(pair.standby().address());
    // Before it is promoted.
    stores.reads(1);
    for failed in stores.create(2) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::ReadOnly, Applied::No);
    }
    pair.promote().unwrap();
    assert_written(stores.commit(1, 1, 2));
    stores.works(2);
}

#[test]
fn a_pooler_that_is_restarted_costs_no_operation() {
    let server = server(&[]);
    let bouncer = PgBouncer::start(&server, &["server_login_retry=1"]).unwrap();
    // PgBouncer lets everybody in as whoever they say they are, and the server does as well.
    let stores = Pair::on(&bouncer.url());
    stores.works(1);
    assert!(stores.load_at_once(1, 8).into_iter().all(|loaded| loaded.is_ok()));
    bouncer.restart().unwrap();
    for _ in 0..10 {
        stores.reads(1);
    }
    bouncer.restart().unwrap();
    assert_written(stores.commit(1, 1, 2));
    bouncer.kill().unwrap();
    for failed in stores.load(1) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::Unavailable, Applied::No);
    }
    bouncer.restart().unwrap();
    stores.works(2);
    // Behind it, the server is lost, and it waits a second before it looks for it again.
    server.restart().unwrap();
    let began = std::time::Instant::now();
    while stores.commit(1, 2, 3).iter().any(Result::is_err) {
        assert!(began.elapsed() < BOUND, "the store does not recover");
    }
    stores.works(3);
}

#[test]
fn a_server_with_too_many_clients_says_so_until_one_leaves() {
    let server = server(&["max_connections=12", "superuser_reserved_connections=3"]);
    let stores = Pair::on(&url(server.address()));
    let mut others = Vec::new();
    while let Ok(other) = Admin::connect(&url(server.address())) {
        others.push(other);
    }
    for failed in stores.create(1) {
        assert_is(&failed.unwrap_err(), StoreErrorKind::Overloaded, Applied::No);
    }
    drop(others);
    let began = std::time::Instant::now();
    // The server counts a client until it has noticed that the client left.
    while stores.create(1).iter().any(Result::is_err) {
        assert!(began.elapsed() < BOUND, "the store does not recover");
    }
    stores.works(2);
}

#[test]
fn what_is_not_set_up_is_told_with_the_command_that_does() {
    let server = server(&[]);
    let app = url(server.address());
    server.sql(&Schema::new("secret").unwrap().create_table()).unwrap();
    let wrong = [
        (app.replace("geheim", "wrong"), StoreErrorKind::Denied),
        (format!("{app}?table=secret"), StoreErrorKind::Denied),
        (app.replace(Postgres::DATABASE, "nowhere"), StoreErrorKind::Unsupported),
        (format!("{}?table=missing", server.url()), StoreErrorKind::Unsupported),
        (format!("{}?table=nowhere.missing", server.url()), StoreErrorKind::Unsupported),
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
            assert!(source.contains(&format!("session-setup postgres <url> --table {table}")), "{source}");
        }
    }
    Pair::of(&patient(&server.url()).table("made").create_table_if_missing()).works(1);
    let comment = server.sql("SELECT obj_description('made'::regclass)");
    assert_eq!(comment.unwrap().trim(), Schema::comment());
}

#[test]
fn a_row_that_others_hold_is_an_answer_and_keeps_the_connection() {
    let server = server(&[]);
    let connections = "SELECT pid FROM pg_stat_activity WHERE usename='app' ORDER BY pid";
    faults::a_row_that_others_hold_is_an_answer_and_keeps_the_connection::<Here>(
        &server,
        &url(server.address()),
        connections,
    );
}

#[test]
fn a_pool_that_is_used_up_is_waited_for_in_bounded_time() {
    faults::a_pool_that_is_used_up_is_waited_for_in_bounded_time::<Here>();
}
