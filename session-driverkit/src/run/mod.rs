//! Runs the suite on a fixture.

mod log;
mod suite;
mod suites;

use std::process::ExitCode;

pub(crate) use log::Log;
pub use suites::Suites;

use crate::{Finding, Fixture, Rule};

/// Runs the whole suite on a driver and reports like any other test. A conformance test needs only this line, in a test without
/// the usual harness (`harness = false`). It takes the usual arguments, such as `--list` and filters.
///
/// The variables `SESSION_TEST_STRICT` and `SESSION_TEST_REPORT` are those of [`session_testkit::main`].
pub fn main(fixture: impl Fixture) -> ExitCode {
    Suites::new().alone(fixture).run()
}

/// Runs the cases of these rules on a driver and returns the result of each case, without printing anything.
pub fn examine(fixture: impl Fixture, rules: &[&'static Rule]) -> Vec<Finding> {
    let report = Suites::new().alone(fixture).examine(rules);
    report.suites().iter().flat_map(|suite| suite.findings().iter().cloned()).collect()
}
