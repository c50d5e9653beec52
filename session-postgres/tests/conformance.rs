//! The published rules of a store, on a real server through both APIs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod support;

use std::process::ExitCode;

use session_sqltests::Conformance;

fn main() -> ExitCode {
    session_testkit::main(Conformance::<support::here::Here>::new())
}
