//! The published rules again: through PgBouncer in transaction mode, in another schema and time zone, and for a user with the
//! least privileges.

#![cfg(all(feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code")]

mod support;

use session_sqltests::{
    Apis,
    variant::{self, those_or_all},
};
use session_testkit::{
    Rule,
    rules::{CLOCK_2, COMMIT_1, CREATE_3, DELETE_1, FAMILY_2, FAMILY_3, LOAD_3, PEER_1, ROTATE_1, SWEEP_1},
};
use session_testservers::{PgBouncer, Postgres};
use support::here::Here;

type Variant = variant::Variant<Here>;

/// A server with every setting that could get in the way, and a user with the least privileges. The store has a schema of its own.
fn odd() -> Variant {
    let settings = [
        "timezone='Asia/Karachi'",
        "default_transaction_isolation=serializable",
        "standard_conforming_strings=off",
        "backslash_quote=off",
        "bytea_output=escape",
        "extra_float_digits=-15",
        "intervalstyle=sql_standard",
        "plan_cache_mode=force_generic_plan",
    ];
    let mut variant = Variant::on(&settings, "elsewhere.Case_");
    variant.server.sql("CREATE ROLE \"the app\" LOGIN; CREATE SCHEMA elsewhere").unwrap();
    variant.server.sql("GRANT USAGE ON SCHEMA elsewhere TO \"the app\"").unwrap();
    variant.url = variant.url.replace(&format!("{}@", Postgres::USER), "the%20app@");
    variant.account = Some("the app");
    variant
}

/// The same through a pooler, which must live as long.
fn through_bouncer() -> (PgBouncer, Variant) {
    let mut variant = odd();
    let bouncer = PgBouncer::start(&variant.server, &["default_pool_size=8"]).unwrap();
    let [server, between] = [variant.server.address(), bouncer.address()].map(|address| address.to_string());
    variant.url = variant.url.replace(&server, &between);
    (bouncer, variant)
}

const RULES: &[&Rule] =
    &[&CREATE_3, &LOAD_3, &COMMIT_1, &ROTATE_1, &DELETE_1, &FAMILY_2, &FAMILY_3, &SWEEP_1, &CLOCK_2, &PEER_1];

#[test]
fn an_odd_server_and_a_user_of_least_privileges_blocking() {
    odd().keeps(Apis::Blocking, those_or_all(RULES));
}

#[test]
fn the_same_through_pgbouncer_asynchronously() {
    let (_bouncer, variant) = through_bouncer();
    variant.keeps(Apis::Nonblocking, those_or_all(RULES));
}

#[test]
fn deadlines_are_kept_by_the_servers_own_clock() {
    let (_bouncer, variant) = through_bouncer();
    variant.keeps_deadlines();
}
