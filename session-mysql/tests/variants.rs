//! The published rules again, on servers with other settings and for a user with the least privileges.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use session_sqltests::{
    Apis,
    variant::{self, those_or_all},
};
use session_testkit::{
    Rule,
    rules::{
        CLOCK_2, COMMIT_1, COMMIT_5, CREATE_1, CREATE_3, DELETE_1, FAMILY_2, FAMILY_3, LOAD_2, LOAD_3,
        PEER_1, ROTATE_1, SWEEP_1,
    },
};
use session_testservers::MariaDb;
use support::here::Here;

type Variant = variant::Variant<Here>;

/// A server with every setting that could get in the way.
fn odd() -> Variant {
    let settings =
        ["sql_mode=", "default_time_zone=+05:30", "autocommit=0", "transaction-isolation=SERIALIZABLE"];
    let variant = Variant::on(&settings, "elsewhere.Odd_");
    variant.server.sql("CREATE DATABASE elsewhere").unwrap();
    variant
}

/// A server that is as strict as possible, and a user with the least privileges.
fn strict() -> Variant {
    let modes = "sql_mode=TRADITIONAL,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,ONLY_FULL_GROUP_BY";
    let settings = [modes, "default_time_zone=-08:00", "transaction-isolation=REPEATABLE-READ"];
    let mut variant = Variant::on(&settings, "case");
    variant.server.sql("CREATE USER 'app'@'127.0.0.1' IDENTIFIED BY 'p@ss/word'").unwrap();
    variant.url = format!("mysql://app:p%40ss%2Fword@{}/{}", variant.server.address(), MariaDb::DATABASE);
    variant.account = Some("app@127.0.0.1");
    variant
}

const RULES: &[&Rule] = &[
    &CREATE_1, &CREATE_3, &LOAD_2, &LOAD_3, &COMMIT_1, &COMMIT_5, &ROTATE_1, &DELETE_1, &FAMILY_2, &FAMILY_3,
    &SWEEP_1, &CLOCK_2, &PEER_1,
];

#[test]
fn an_odd_server_asynchronously() {
    odd().keeps(Apis::Nonblocking, those_or_all(RULES));
}

#[test]
fn an_odd_server_blocking() {
    odd().keeps(Apis::Blocking, those_or_all(RULES));
}

#[test]
fn a_strict_server_and_a_user_of_least_privileges_asynchronously() {
    strict().keeps(Apis::Nonblocking, those_or_all(RULES));
}

#[test]
fn a_strict_server_and_a_user_of_least_privileges_blocking() {
    strict().keeps(Apis::Blocking, those_or_all(RULES));
}

#[test]
fn deadlines_are_kept_by_the_servers_own_clock() {
    odd().keeps_deadlines();
}
