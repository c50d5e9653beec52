//! Runs the suite on a fixture.

mod all;
mod api_kind;
mod cross;
mod finding;
mod stage;
mod suite;
mod suites;

use std::process::ExitCode;

pub use finding::{Finding, Outcome};
use suite::Suite;
pub use suites::Suites;

use crate::{Fixture, Rule};

/// Runs the whole suite on a store and reports like any other test. A conformance test needs only this line. It takes the
/// usual arguments, such as `--list` and filters. [`Suites`] runs several suites.
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
    match Suite::of(fixture) {
        Ok(suite) => {
            let asked = suite.stages().filter(|stage| rules.contains(&stage.case.rule));
            asked.map(|stage| suite.run(&stage)).collect()
        }
        Err(unopened) => vec![unopened],
    }
}
