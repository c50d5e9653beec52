//! Every order in which two and three concurrent requests on one session can reach the store, with faults: no update
//! is lost, no ended session comes back, only one request takes a token, and an old id ends when rights change.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, unreachable_pub, reason = "test code")]

mod capped;
mod explore;
mod jar;
mod scenario;
#[path = "../support/mod.rs"]
mod support;

use std::io::{self, Write as _};

use explore::explore;
use scenario::{Kind, Start, check};

/// Prints directly, because the test runner shows only the output of failed tests.
#[allow(clippy::explicit_write, reason = "println! is what the test runner hides")]
fn say(line: &str) {
    writeln!(io::stdout(), "{line}").unwrap();
}

/// Explores one group of requests from every start. Returns the number of runs.
fn all(kinds: &[Kind], faults: usize) -> u64 {
    let handlers: Vec<_> = kinds.iter().map(|kind| kind.handler()).collect();
    Start::ALL
        .into_iter()
        .map(|start| {
            let end = |context: &_, world: &_, cookie: &_, outcomes: &_| {
                check(start, context, world, cookie, kinds, outcomes);
            };
            explore(&|| start.prepare(), &handlers, faults, &end)
        })
        .sum()
}

#[test]
fn two_requests_in_every_order() {
    let mut runs = 0;
    for (at, one) in Kind::ALL.into_iter().enumerate() {
        for two in Kind::ALL.into_iter().skip(at) {
            runs += all(&[one, two], 0);
        }
    }
    say(&format!("two requests: {runs} interleavings"));
    assert!(runs > 1_000);
}

#[test]
fn two_requests_in_every_order_with_every_single_fault() {
    let mut runs = 0;
    for (at, one) in Kind::ALL.into_iter().enumerate() {
        for two in Kind::ALL.into_iter().skip(at) {
            runs += all(&[one, two], 1);
        }
    }
    say(&format!(
        "two requests with one lost answer, lost call, crash or cancelled save: {runs} interleavings"
    ));
    assert!(runs > 10_000);
}

#[test]
fn three_requests_in_every_order() {
    let mut runs = 0;
    for (at, one) in Kind::ALL.into_iter().enumerate() {
        for (and, two) in Kind::ALL.into_iter().enumerate().skip(at) {
            for three in Kind::ALL.into_iter().skip(and) {
                runs += all(&[one, two, three], 0);
            }
        }
    }
    say(&format!("three requests: {runs} interleavings"));
    assert!(runs > 50_000);
}

#[test]
fn two_requests_in_every_order_with_two_faults() {
    let mut runs = 0;
    for (at, one) in Kind::ALL.into_iter().enumerate() {
        for two in Kind::ALL.into_iter().skip(at) {
            runs += all(&[one, two], 2);
        }
    }
    say(&format!("two requests with two faults: {runs} interleavings"));
    assert!(runs > 100_000);
}

/// A write is applied but its answer is lost, then another request writes: the retry must not apply the first write a second
/// time.
#[test]
fn a_lost_answer_below_somebody_elses_write() {
    let runs = all(&[Kind::Update, Kind::Update, Kind::SetA], 1);
    say(&format!("two updates and a write with one fault: {runs} interleavings"));
    assert!(runs > 1_000);
}
