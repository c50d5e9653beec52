use std::collections::BTreeSet;

use libtest_mimic::{Failed, Trial};
use session_testkit::{Finding, Fixture, Rule, examine};

use crate::{Table, everything, is_whole, report};

/// A mutant: its name, the rule that it breaks, and an example of where it occurs.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) rule: &'static Rule,
    origin: &'static str,
    examine: Examine,
}

/// Runs the cases of these rules on the mutant.
type Examine = Box<dyn FnOnce(&[&'static Rule]) -> Vec<Finding> + Send>;

impl Row {
    pub(crate) fn new(
        name: String,
        rule: &'static Rule,
        origin: &'static str,
        fixture: impl Fixture,
    ) -> Self {
        Self { name, rule, origin, examine: Box::new(move |rules| examine(fixture, rules)) }
    }

    /// The test that the suite rejects the mutant, which then goes into the table.
    pub(crate) fn trial(self, table: Table) -> Trial {
        let rule = self.rule.name();
        Trial::test(format!("{rule}::{}", self.name), move || self.rejected(&table)).with_kind(rule)
    }

    fn rejected(self, table: &Table) -> Result<(), Failed> {
        let Self { name, rule, origin, examine } = self;
        // The cases of the rule must reject it. The whole suite shows what else it breaks.
        let findings = if is_whole() { examine(&everything()) } else { examine(&[rule]) };
        let broken: Vec<&Finding> = findings.iter().filter(|finding| report(finding).is_some()).collect();
        let right: Vec<&&Finding> = broken.iter().filter(|finding| finding.rule() == Some(rule)).collect();
        let Some(first) = right.first() else {
            let named: BTreeSet<&str> =
                broken.iter().filter_map(|finding| Some(finding.rule()?.name())).collect();
            return Err(Failed::from(format!("{} is not named, but {named:?} are", rule.name())));
        };
        let (right, all) = (right.len(), broken.len());
        let row = format!(
            "{:<10} {name:<29} {origin:<66} {} ({right} of {all} failures)",
            rule.name(),
            first.name()
        );
        table.lock().unwrap().push(row);
        Ok(())
    }
}
