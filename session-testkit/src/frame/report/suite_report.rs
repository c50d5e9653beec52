use super::{Totals, Verdict};
use crate::{Finding, Outcome, Rule, cost::Costs, frame::Kit};

/// What a run of the suite has found about the stores of one fixture.
#[derive(Debug, Clone)]
pub struct SuiteReport {
    pub(crate) kit: &'static Kit,
    pub(crate) store: String,
    /// The variable that repeats the run, if a store could be opened.
    pub(crate) replay: Option<String>,
    /// The number of cases, with those that were filtered out.
    pub(crate) planned: usize,
    pub(crate) findings: Vec<Finding>,
    verdicts: Vec<Verdict>,
    /// The round trips of each operation, as a table.
    pub(crate) costs: Costs,
}

impl SuiteReport {
    /// The report about what was found.
    pub(crate) fn new(
        kit: &'static Kit,
        store: String,
        replay: Option<String>,
        planned: usize,
        mut findings: Vec<Finding>,
    ) -> Self {
        findings.sort_by_key(Finding::place);
        let unopened = findings.iter().find(|finding| finding.case().is_none());
        let unopened = unopened.map(|finding| match finding.outcome() {
            Outcome::NotChecked(reason) => reason.clone(),
            _ => format!("no {} could be {}", kit.subject, kit.opened),
        });
        let says = |rule: &&'static Rule| {
            findings.iter().any(|finding| [finding.checked(), finding.rule()].contains(&Some(*rule)))
        };
        let rules = (kit.rules)();
        let verdicts = match unopened {
            Some(reason) => rules.into_iter().map(|rule| Verdict::unopened(rule, reason.clone())).collect(),
            None => rules.into_iter().filter(says).map(|rule| Verdict::of(rule, &findings)).collect(),
        };
        Self { kit, store, replay, planned, findings, verdicts, costs: Costs::default() }
    }

    pub(crate) fn with_costs(self, costs: Costs) -> Self {
        Self { costs, ..self }
    }

    /// The name of the fixture.
    #[must_use]
    pub fn store(&self) -> &str {
        &self.store
    }

    /// What every case found, from the plain to the intricate.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The verdict about each rule that was asked for, in the order of the contract. If no store could be opened, no rule
    /// is checked.
    #[must_use]
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// How many rules ended in which way.
    #[must_use]
    pub fn totals(&self) -> Totals {
        Totals::of(&self.verdicts)
    }

    /// A line for a README, such as "session-testkit 0.1: 51 rules kept, 3 claimed away, 0 not checked".
    #[must_use]
    pub fn badge(&self) -> String {
        let (totals, parts) = (self.totals(), self.kit.version.split('.').take(2).collect::<Vec<_>>());
        let broken = if totals.broken > 0 { format!(", {} broken", totals.broken) } else { String::new() };
        let partial = if self.is_partial() { ", in a part of the suite" } else { "" };
        format!(
            "{} {}: {} rules kept{broken}, {} claimed away, {} not checked{partial}",
            self.kit.name,
            parts.join("."),
            totals.kept,
            totals.claimed_away,
            totals.not_checked
        )
    }

    /// Whether only a part of the suite ran, because of a filter.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.findings.len() < self.planned
    }
}
