//! How many statements an operation and a request cost, counted by the server, and what a record may hold.

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use session_sqltests::{Database as _, start, statements};
use session_testservers::{PgBouncer, Postgres};
use support::here::{Here, logged};

const UNNAMED: &str = "LOG:  execute <unnamed>";

fn server() -> Postgres {
    start::<Here>(Here::COUNTING)
}

#[test]
fn a_request_costs_these_statements() {
    let server = server();
    statements::a_request_costs_these_statements::<Here>(&server, &server.url());
    assert_eq!(logged(&server, UNNAMED), 0, "every statement is prepared once");
}

#[test]
fn a_request_through_pgbouncer_costs_the_same() {
    let server = server();
    let bouncer = PgBouncer::start(&server, &[]).unwrap();
    statements::a_request_costs_these_statements::<Here>(&server, &bouncer.url());
    let unnamed = u64::try_from(logged(&server, UNNAMED)).unwrap();
    assert_eq!(unnamed, Here::count(&server).statements, "no statement is prepared under a name");
}

#[test]
fn a_record_may_hold_any_bytes_and_a_mebibyte() {
    statements::a_record_may_hold_any_bytes_and_a_mebibyte::<Here>(&[]);
}

#[test]
fn a_record_that_is_too_large_is_refused_and_nothing_else_suffers() {
    let size = (16 << 20) + 1;
    statements::a_record_that_is_too_large_is_refused_and_nothing_else_suffers::<Here>(&[], size);
}

#[test]
fn the_table_of_the_configuration_is_used() {
    statements::the_table_of_the_configuration_is_used::<Here>();
}
