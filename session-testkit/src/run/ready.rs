use std::sync::Arc;

use libtest_mimic::{Completion, Failed, Trial};

use super::{Finding, Outcome, stage::Stage, suite::Suite};
use crate::{Rule, SuiteReport, report::without_credentials, rules};

/// An opened fixture, or why there is none.
pub(super) struct Ready {
    pub(super) store: String,
    /// What the names of its tests begin with.
    pub(super) prefix: String,
    pub(super) suite: Result<Arc<Suite>, Finding>,
}

impl Ready {
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
        let trial = |stage: Stage| {
            let (suite, found) = (Arc::clone(suite), found.clone());
            let (name, kind) = (format!("{}{}", self.prefix, stage.name()), stage.case.rule.name());
            let run = move || {
                let finding = suite.run(&stage);
                found(finding.clone());
                told(&finding, is_strict)
            };
            Trial::ignorable_test(name, run).with_kind(kind)
        };
        suite.stages().map(trial).collect()
    }

    /// The findings of the cases of these rules.
    pub(super) fn examine(&self, rules: &[&'static Rule]) -> Vec<Finding> {
        match &self.suite {
            Ok(suite) => {
                let asked = suite.stages().filter(|stage| rules.contains(&stage.case.rule));
                asked.map(|stage| suite.run(&stage)).collect()
            }
            Err(unopened) => vec![unopened.clone()],
        }
    }

    pub(super) fn report(&self, findings: Vec<Finding>) -> SuiteReport {
        let (replay, planned) = match &self.suite {
            Ok(suite) => (Some(suite.replay()), suite.stages().count()),
            Err(_) => (None, 1),
        };
        let all = rules::ALL.iter().chain(rules::SESSIONS).copied();
        let costs = self.suite.as_ref().map(|suite| suite.costs()).unwrap_or_default();
        SuiteReport::new(self.store.clone(), replay, planned, findings, all).with_costs(costs)
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
