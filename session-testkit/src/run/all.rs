use crate::{case::Case, cases, cost, property, scenarios};

/// Every case of the suite: those of single operations in the order of the contract, then those of whole sessions.
pub(super) fn all() -> impl Iterator<Item = &'static Case> {
    let operations = cases::GROUPS.into_iter().chain([property::CASES, cost::CASES]);
    operations.chain(scenarios::GROUPS).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::rules;

    #[test]
    fn every_rule_has_a_case() {
        let checked: BTreeSet<&str> = super::all().map(|case| case.rule.name()).collect();
        let all = rules::ALL.iter().chain(rules::SESSIONS);
        let known: BTreeSet<&str> = all.map(|rule| rule.name()).collect();
        assert_eq!(checked, known);
    }

    #[test]
    fn no_two_cases_of_a_rule_share_a_name() {
        let names: BTreeSet<_> = super::all().map(|case| (case.rule.name(), case.name)).collect();
        assert_eq!(names.len(), super::all().count());
    }
}
