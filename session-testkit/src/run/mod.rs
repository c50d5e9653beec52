//! Runs the suite on a fixture.

mod all;
mod api_kind;
mod cross;
mod stage;
mod suite;
mod suites;

use std::process::ExitCode;

pub use suites::Suites;

use crate::{Finding, Fixture, Rule};

/// Runs the whole suite on a store and reports like any other test. A conformance test needs only this line. It takes the
/// usual arguments, such as `--list` and filters. [`Suites`] runs several suites.
///
/// The output of the test harness is followed by a [`Report`](crate::Report): how many rules are kept, broken, claimed
/// away and not checked, and the failures, grouped by rule. If only some cases ran, it speaks of those and says so. With
/// `--format json` each line is JSON, and the last one is the [report](crate::Report::to_json).
///
/// ```no_run
/// # use session_testkit::ModelFixture as MyFixture;
/// fn main() -> std::process::ExitCode {
///     session_testkit::main(MyFixture)
/// }
/// ```
///
/// | variable | meaning |
/// |---|---|
/// | `SESSION_TEST_SEED` | repeats every random choice of a run; each failure prints it |
/// | `SESSION_TEST_REQUIRE` | names of fixtures whose server must not be missing, separated by commas |
/// | `SESSION_TEST_DISTANCE_MS` | puts the stores this far away, in each direction |
/// | `SESSION_TEST_STRICT` | anything but 0: a case that is [not checked](crate::Outcome::NotChecked) fails |
/// | `SESSION_TEST_REPORT` | files to write: `md:PATH` for the whole report, `json:PATH` for programs, `badge:PATH` for one line to put into a README; several with commas. `{store}` in a path becomes the name of the fixture |
pub fn main(fixture: impl Fixture) -> ExitCode {
    Suites::new().alone(fixture).run()
}

/// Runs the cases of these rules on a store and returns the result of each case, without printing anything.
///
/// ```
/// use session_testkit::{ModelFixture, Outcome, examine, rules};
///
/// let findings = examine(ModelFixture, &[&rules::CREATE_3]);
/// assert!(findings.iter().all(|finding| matches!(finding.outcome(), Outcome::Kept)));
/// ```
pub fn examine(fixture: impl Fixture, rules: &[&'static Rule]) -> Vec<Finding> {
    let report = Suites::new().alone(fixture).examine(rules);
    report.suites().iter().flat_map(|suite| suite.findings().iter().cloned()).collect()
}
