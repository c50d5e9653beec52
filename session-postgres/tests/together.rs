//! What waits for a connection travels together, and each is answered for itself.

#![cfg(all(unix, feature = "tokio", feature = "blocking"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use session_sqltests::together;
use support::here::Here;

#[test]
fn each_load_is_answered_for_itself() {
    together::loads::each_load_is_answered_for_itself::<Here>(&["log_statement=all"]);
}

#[test]
fn who_goes_away_takes_nobody_along() {
    together::loads::who_goes_away_takes_nobody_along::<Here>(&[]);
}

#[test]
fn who_is_not_polled_any_more_keeps_nobody() {
    together::loads::who_is_not_polled_any_more_keeps_nobody::<Here>(&[]);
}

#[test]
fn a_failure_is_not_the_end_of_those_that_travel_along() {
    together::loads::a_failure_is_not_the_end_of_those_that_travel_along::<Here>(&[]);
}

#[test]
fn none_is_forgotten_when_many_come_and_go() {
    together::loads::none_is_forgotten_when_many_come_and_go::<Here>(&[]);
}

#[test]
fn each_new_session_is_created_for_itself() {
    together::creates::each_new_session_is_created_for_itself::<Here>(&["log_statement=all"]);
}

#[test]
fn a_key_that_is_taken_is_told_to_whom_it_concerns() {
    together::creates::a_key_that_is_taken_is_told_to_whom_it_concerns::<Here>();
}

#[test]
fn what_is_no_short_insert_goes_alone() {
    together::creates::what_is_no_short_insert_goes_alone::<Here>(&["log_statement=all"]);
}

#[test]
fn who_goes_away_takes_no_new_session_along() {
    together::creates::who_goes_away_takes_no_new_session_along::<Here>();
}

#[test]
fn a_failure_is_not_the_end_of_new_sessions() {
    together::creates::a_failure_is_not_the_end_of_new_sessions::<Here>();
}

#[test]
fn new_sessions_whose_answer_is_cut_off_are_created_once() {
    together::creates::new_sessions_whose_answer_is_cut_off_are_created_once::<Here>();
}

#[test]
fn new_sessions_without_an_answer_are_not_told_that_nothing_was_changed() {
    together::creates::new_sessions_without_an_answer_are_not_told_that_nothing_was_changed::<Here>();
}

#[test]
fn no_new_session_is_forgotten_when_many_come_and_go() {
    together::creates::no_new_session_is_forgotten_when_many_come_and_go::<Here>();
}

#[test]
fn none_is_asked_for_twice() {
    together::creates::none_is_asked_for_twice::<Here>(&["log_statement=all"]);
}
