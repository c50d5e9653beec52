use super::SuiteReport;
use crate::{Finding, Outcome};

/// Rules or cases about which nothing is known, for one reason.
pub(super) struct Remark<'a> {
    pub(super) what: &'static str,
    pub(super) rules: Vec<&'static str>,
    /// The number of cases if the rules are kept by other cases.
    pub(super) cases: Option<usize>,
    pub(super) reason: &'a str,
}

impl<'a> Remark<'a> {
    /// What is claimed away and what is not checked, each reason once.
    pub(super) fn all(suite: &'a SuiteReport) -> Vec<Self> {
        let mut remarks = Vec::new();
        for verdict in suite.verdicts() {
            if let Some((what, reason)) = said(verdict.outcome()) {
                add(&mut remarks, what, verdict.rule().name(), None, reason);
            }
        }
        let kept = suite.verdicts().iter().filter(|verdict| *verdict.outcome() == Outcome::Kept);
        for verdict in kept {
            let cases = suite.findings().iter().filter(|finding| finding.checked() == Some(verdict.rule()));
            for (what, reason) in cases.filter_map(|finding| said(Finding::outcome(finding))) {
                add(&mut remarks, what, verdict.rule().name(), Some(1), reason);
            }
        }
        remarks
    }

    /// The rules, such as "FAULT-1, FAULT-2" or "2 cases of TTL-2".
    pub(super) fn subject(&self) -> String {
        let rules = ranges(&self.rules).join(", ");
        match self.cases {
            None => rules,
            Some(1) => format!("1 case of {rules}"),
            Some(number) => format!("{number} cases of {rules}"),
        }
    }
}

/// The names, with three or more that follow each other as one: "FAULT-1 to FAULT-3".
fn ranges(rules: &[&str]) -> Vec<String> {
    let follows = |one: &&str, next: &&str| {
        let parts = one.rsplit_once('-').zip(next.rsplit_once('-'));
        parts.is_some_and(|((group, number), (same, after))| {
            group == same && number.parse::<u32>().map(|number| number + 1) == after.parse()
        })
    };
    let runs = rules.chunk_by(follows).flat_map(|run| match run {
        [first, _, .., last] => vec![format!("{first} to {last}")],
        few => few.iter().map(|rule| (*rule).to_owned()).collect(),
    });
    runs.collect()
}

fn said(outcome: &Outcome) -> Option<(&'static str, &str)> {
    match outcome {
        Outcome::ClaimedAway(reason) => Some(("claimed away", reason)),
        Outcome::NotChecked(reason) => Some(("not checked", reason)),
        Outcome::Kept | Outcome::Broken(_) => None,
    }
}

fn add<'a>(
    remarks: &mut Vec<Remark<'a>>,
    what: &'static str,
    rule: &'static str,
    cases: Option<usize>,
    reason: &'a str,
) {
    let same = |known: &&mut Remark<'_>| {
        known.what == what && known.reason == reason && known.cases.is_some() == cases.is_some()
    };
    let Some(known) = remarks.iter_mut().find(same) else {
        remarks.push(Remark { what, rules: vec![rule], cases, reason });
        return;
    };
    known.cases = known.cases.zip(cases).map(|(known, more)| known + more);
    if !known.rules.contains(&rule) {
        known.rules.push(rule);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_rules_in_a_row_are_a_range() {
        let rules = ["A-1", "A-2", "B-3", "B-4", "B-5", "B-7", "SESSION-9", "SESSION-10", "SESSION-11"];
        let expected = ["A-1", "A-2", "B-3 to B-5", "B-7", "SESSION-9 to SESSION-11"];
        assert_eq!(ranges(&rules), expected);
    }
}
