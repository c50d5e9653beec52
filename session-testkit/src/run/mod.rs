//! Runs the suite on a fixture.

mod finding;
mod stage;
mod suite;

use std::{process::ExitCode, sync::Arc};

pub use finding::{Finding, Outcome};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use stage::Stage;
use suite::Suite;

use crate::{Fixture, Rule};

/// Runs the whole suite on a store and reports like any other test: the only line that a backend's conformance
/// test needs. Takes the usual arguments, `--list` and filters among them.
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
/// | `SESSION_TEST_SEED` | replays every random choice of a run; each failure prints it |
/// | `SESSION_TEST_REQUIRE` | names of fixtures, separated by commas, whose server must not be absent |
pub fn main(fixture: impl Fixture) -> ExitCode {
    let trials = match Suite::of(fixture) {
        Ok(suite) => trials(&Arc::new(suite)),
        Err(unopened) => vec![Trial::ignorable_test("open", move || report(unopened.outcome()))],
    };
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Runs the cases of these rules on a store and answers what was found, case by case, without printing anything.
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

fn trials(suite: &Arc<Suite>) -> Vec<Trial> {
    let trial = |stage: Stage| {
        let suite = Arc::clone(suite);
        let (name, kind) = (stage.name(), stage.case.rule.name());
        Trial::ignorable_test(name, move || report(suite.run(&stage).outcome())).with_kind(kind)
    };
    suite.stages().map(trial).collect()
}

fn report(outcome: &Outcome) -> Result<Completion, Failed> {
    match outcome {
        Outcome::Kept => Ok(Completion::Completed),
        Outcome::Ignored(reason) => Ok(Completion::ignored_with(reason)),
        Outcome::Broken(report) => Err(Failed::from(report)),
    }
}
