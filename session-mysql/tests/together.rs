//! Loads that wait for a connection travel together, and each is answered for itself.

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use session_sqltests::together;
use support::here::Here;

#[test]
fn each_load_is_answered_for_itself() {
    together::each_load_is_answered_for_itself::<Here>(&[]);
}

#[test]
fn who_goes_away_takes_nobody_along() {
    together::who_goes_away_takes_nobody_along::<Here>(&[]);
}

#[test]
fn who_is_not_polled_any_more_keeps_nobody() {
    together::who_is_not_polled_any_more_keeps_nobody::<Here>(&[]);
}

#[test]
fn a_failure_is_not_the_end_of_those_that_travel_along() {
    together::a_failure_is_not_the_end_of_those_that_travel_along::<Here>(&[]);
}

#[test]
fn none_is_forgotten_when_many_come_and_go() {
    together::none_is_forgotten_when_many_come_and_go::<Here>(&[]);
}
