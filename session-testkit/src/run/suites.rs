use std::{process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use super::{Outcome, stage::Stage, suite::Suite};
use crate::Fixture;

/// The whole suite on several stores in one program, such as a single server and a cluster. They wait for their deadlines
/// at the same time.
///
/// ```no_run
/// # use session_testkit::ModelFixture as Single;
/// # use session_testkit::ModelFixture as Cluster;
/// fn main() -> std::process::ExitCode {
///     session_testkit::Suites::new().on(Single).on(Cluster).run()
/// }
/// ```
#[derive(Default)]
pub struct Suites {
    trials: Vec<Trial>,
    waits: bool,
}

impl Suites {
    /// The number of concurrent cases if most of them only wait for a deadline.
    const WAITING: usize = 64;

    /// No suites yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the suite on the stores of this fixture. The names of its cases begin with the name of the fixture.
    #[must_use]
    pub fn on(self, fixture: impl Fixture) -> Self {
        let prefix = format!("{}::", fixture.name());
        self.with(fixture, &prefix)
    }

    pub(super) fn alone(self, fixture: impl Fixture) -> Self {
        self.with(fixture, "")
    }

    fn with(mut self, fixture: impl Fixture, prefix: &str) -> Self {
        match Suite::of(fixture) {
            Ok(suite) => {
                self.waits |= suite.waits();
                self.trials.extend(trials(&Arc::new(suite), prefix));
            }
            Err(unopened) => {
                let open = Trial::ignorable_test(format!("{prefix}open"), move || report(unopened.outcome()));
                self.trials.push(open);
            }
        }
        self
    }

    /// Runs all suites and reports like any other test. Takes the usual arguments, such as `--list` and filters.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let mut arguments = Arguments::from_args();
        if self.waits {
            arguments.test_threads.get_or_insert(Self::WAITING);
        }
        libtest_mimic::run(&arguments, self.trials).exit_code()
    }
}

impl std::fmt::Debug for Suites {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suites").field("cases", &self.trials.len()).finish_non_exhaustive()
    }
}

fn trials(suite: &Arc<Suite>, prefix: &str) -> Vec<Trial> {
    let trial = |stage: Stage| {
        let suite = Arc::clone(suite);
        let (name, kind) = (format!("{prefix}{}", stage.name()), stage.case.rule.name());
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
