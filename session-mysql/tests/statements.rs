//! How many statements an operation and a request cost, counted by the server, and what a record may hold.

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::time::Duration;

use session_core::{
    id::{Digest, Family, StoreKey},
    store::BlockingStore,
};
use session_sqltests::{start, statements};
use support::{
    here::Here,
    pair::{Pair, patient},
};

#[test]
fn a_request_costs_these_statements() {
    let server = start::<Here>(&[]);
    statements::a_request_costs_these_statements::<Here>(&server, &server.url());
}

#[test]
fn a_record_may_hold_any_bytes_and_a_mebibyte() {
    statements::a_record_may_hold_any_bytes_and_a_mebibyte::<Here>(&["sql_mode="]);
}

/// This is so even if the server would cut the record without an error.
#[test]
fn a_record_that_is_too_large_is_refused_and_nothing_else_suffers() {
    for (settings, size) in [
        (["sql_mode=", "max_allowed_packet=64M"], (16 << 20) + 1),
        (["sql_mode=", "max_allowed_packet=1M"], 2 << 20),
    ] {
        statements::a_record_that_is_too_large_is_refused_and_nothing_else_suffers::<Here>(&settings, size);
    }
}

#[test]
fn the_table_of_the_configuration_is_used() {
    statements::the_table_of_the_configuration_is_used::<Here>();
}

/// The clock of every statement counts from 1970 in UTC, whatever the zone and the season, up to the last time that the server
/// knows.
#[test]
fn the_clock_is_utc_in_milliseconds_whatever_the_zone() {
    let server = start::<Here>(&["default_time_zone=+05:30"]);
    let now = "TIMESTAMPDIFF(MICROSECOND,'1970-01-01',UTC_TIMESTAMP(3)) DIV 1000";
    let at = |zone: &str, seconds: &str| {
        server.sql(&format!("SET time_zone='{zone}'; SET timestamp={seconds}; SELECT {now}")).unwrap()
    };
    for zone in ["+00:00", "-08:00", "SYSTEM"] {
        assert_eq!(at(zone, "2147483646.125"), "2147483646125\n");
        assert_eq!(
            at(zone, "1761440400.5"),
            "1761440400500\n",
            "an hour that occurs twice in central Europe"
        );
    }
    // A deadline may be beyond 2038.
    let blocking = Pair::of(&patient(&server.url())).blocking;
    server
        .sql("INSERT INTO alo_session SELECT REPEAT(CHAR(1),16),REPEAT(CHAR(1),32),'r',0,0,4102444800000,0,'x'")
        .unwrap();
    let digest = Digest::from_bytes([1; 32]);
    let stored = BlockingStore::load(&blocking, &StoreKey { family: Family::from_bytes([1; 16]), digest });
    assert!(stored.unwrap().unwrap().remaining > Duration::from_secs(365 * 86_400));
}
