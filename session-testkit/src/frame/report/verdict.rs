use std::collections::BTreeMap;

use crate::{Finding, Outcome, Rule};

/// What the cases of one rule say together.
#[derive(Debug, Clone)]
pub struct Verdict {
    rule: &'static Rule,
    outcome: Outcome,
}

impl Verdict {
    /// The rule.
    #[must_use]
    pub const fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// How the cases of the rule ended together. A broken rule has the report of its most telling case.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// A rule is kept only if at least one case of it was kept in every API, and no case found it broken.
    pub(super) fn of(rule: &'static Rule, findings: &[Finding]) -> Self {
        let broken = findings.iter().filter(|finding| finding.is_broken() && finding.rule() == Some(rule));
        if let Some(telling) = broken.min_by_key(|finding| finding.place()) {
            return Self { rule, outcome: telling.outcome().clone() };
        }
        let mut by_api: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.checked() == Some(rule)) {
            by_api.entry(finding.api()).or_default().push(finding);
        }
        let each: Vec<_> = by_api.into_iter().map(|(api, found)| (api, in_one_api(&found))).collect();
        Self { rule, outcome: together(&each) }
    }

    /// The verdict if no store could be opened.
    pub(super) const fn unopened(rule: &'static Rule, reason: String) -> Self {
        Self { rule, outcome: Outcome::NotChecked(reason) }
    }
}

/// What the cases of a rule say in one API, if none of them found the rule broken.
fn in_one_api(findings: &[&Finding]) -> Outcome {
    let outcomes = || findings.iter().map(|finding| finding.outcome());
    if outcomes().any(|outcome| *outcome == Outcome::Kept) {
        return Outcome::Kept;
    }
    if let Some(unchecked) = outcomes().find(|outcome| matches!(outcome, Outcome::NotChecked(_))) {
        return unchecked.clone();
    }
    if let Some(other) = findings.iter().find(|finding| finding.is_broken()) {
        let cause = other.rule().map_or("the fixture", Rule::name);
        return Outcome::NotChecked(format!("its cases ended early: see {cause}"));
    }
    outcomes().next().cloned().unwrap_or_else(|| Outcome::NotChecked("no case of it ran".to_owned()))
}

fn together(each: &[(Option<&str>, Outcome)]) -> Outcome {
    let unchecked: Vec<_> =
        each.iter().filter_map(|(api, outcome)| Some((*api, outcome.unchecked()?))).collect();
    match unchecked.first() {
        Some((Some(api), reason)) if unchecked.len() < each.len() => {
            Outcome::NotChecked(format!("through the {api} API: {reason}"))
        }
        Some((_, reason)) => Outcome::NotChecked((*reason).to_owned()),
        None => {
            let kept = each.iter().map(|(_, outcome)| outcome).find(|outcome| **outcome == Outcome::Kept);
            let any = kept.or_else(|| each.first().map(|(_, outcome)| outcome));
            any.cloned().unwrap_or_else(|| Outcome::NotChecked("no case of it ran".to_owned()))
        }
    }
}
