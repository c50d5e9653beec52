use std::sync::Arc;

use libtest_mimic::{Completion, Failed, Trial};

use super::{Finding, Kit, Outcome, ReadyCase, Suite, SuiteReport, without_credentials};
use crate::Rule;

/// An opened fixture, or why there is none.
pub struct Ready {
    kit: &'static Kit,
    store: String,
    /// What the names of its tests begin with.
    prefix: String,
    suite: Result<Arc<dyn Suite>, Finding>,
}

impl Ready {
    /// The suite of a kit on the fixture of this name. Without one the outcome says why.
    #[must_use]
    pub fn new(
        kit: &'static Kit,
        store: String,
        prefix: String,
        suite: Result<Arc<dyn Suite>, Outcome>,
    ) -> Self {
        let suite = suite.map_err(|outcome| Finding::unopened(&store, outcome));
        Self { kit, store, prefix, suite }
    }

    pub(super) fn waits(&self) -> bool {
        self.suite.as_ref().is_ok_and(|suite| suite.waits())
    }

    /// A test for each case. `found` gets what the case has found.
    pub(super) fn trials(
        &self,
        is_strict: bool,
        found: impl Fn(Finding) + Clone + Send + 'static,
    ) -> Vec<Trial> {
        let suite = match &self.suite {
            Ok(suite) => suite,
            Err(unopened) => {
                let (name, unopened) = (format!("{}open", self.prefix), unopened.clone());
                let open = move || {
                    found(unopened.clone());
                    told(&unopened, is_strict)
                };
                return vec![Trial::ignorable_test(name, open)];
            }
        };
        let trial = |ReadyCase { name, rule, run }: ReadyCase| {
            let found = found.clone();
            let run = move || {
                let finding = run();
                found(finding.clone());
                told(&finding, is_strict)
            };
            Trial::ignorable_test(format!("{}{name}", self.prefix), run).with_kind(rule.name())
        };
        Arc::clone(suite).cases().into_iter().map(trial).collect()
    }

    /// The findings of the cases of these rules.
    pub(super) fn examine(&self, rules: &[&'static Rule]) -> Vec<Finding> {
        match &self.suite {
            Ok(suite) => {
                let asked = Arc::clone(suite).cases().into_iter().filter(|case| rules.contains(&case.rule));
                asked.map(|case| (case.run)()).collect()
            }
            Err(unopened) => vec![unopened.clone()],
        }
    }

    pub(super) fn report(&self, findings: Vec<Finding>) -> SuiteReport {
        let (replay, planned) = match &self.suite {
            Ok(suite) => (suite.replay(), Arc::clone(suite).cases().len()),
            Err(_) => (None, 1),
        };
        let report = SuiteReport::new(self.kit, self.store.clone(), replay, planned, findings);
        match &self.suite {
            Ok(suite) => suite.complete(report),
            Err(_) => report,
        }
    }
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ready").field("store", &self.store).finish_non_exhaustive()
    }
}

/// The finding for the test harness, in one line where the report says more.
fn told(finding: &Finding, is_strict: bool) -> Result<Completion, Failed> {
    let ignored = |text: String| Ok(Completion::ignored_with(without_credentials(&text)));
    let failed = |text: &str| Err(Failed::from(without_credentials(text)));
    match &finding.outcome {
        Outcome::Kept => Ok(Completion::Completed),
        Outcome::ClaimedAway(reason) => ignored(format!("claimed away: {reason}")),
        // A busy machine fails nothing.
        Outcome::NotChecked(reason) if is_strict && !finding.is_late => {
            failed(&format!("not checked, which fails: {reason}"))
        }
        Outcome::NotChecked(reason) => ignored(format!("not checked: {reason}")),
        Outcome::Broken(report) => match (finding.rule, finding.seen()) {
            (Some(rule), Some(seen)) => {
                let first = seen.lines().next().unwrap_or_default();
                failed(&format!("{} breaks {}: {first}", finding.store, rule.name()))
            }
            _ => failed(report),
        },
    }
}
