//! The suite: every case a private function, listed by name under the rule it checks.

mod case;
mod commit;
mod commit_races;
mod create;
mod delete;
mod delete_tombstone;
mod family;
mod family_cap;
mod family_races;
mod fault;
mod load;
mod retry;
mod rotate;
mod rotate_races;
mod rotate_refused;
mod sweep;
mod touch;
mod ttl;

pub(crate) use case::Case;
pub(crate) use case::cases;

/// Every case: those of single operations in the order of the contract, then those of whole sessions.
pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    let groups = [
        create::CASES,
        load::CASES,
        commit::CASES,
        commit_races::CASES,
        retry::CASES,
        touch::CASES,
        rotate::CASES,
        rotate_refused::CASES,
        rotate_races::CASES,
        delete::CASES,
        delete_tombstone::CASES,
        family::CASES,
        family_cap::CASES,
        family_races::CASES,
        ttl::CASES,
        sweep::CASES,
        fault::CASES,
        crate::property::CASES,
    ];
    groups.into_iter().chain(crate::scenarios::GROUPS).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::rules;

    #[test]
    fn every_rule_has_a_case_or_a_reason() {
        let checked: BTreeSet<&str> = super::all().map(|case| case.rule.name()).collect();
        let excused: BTreeSet<&str> = rules::NEED_A_SERVER.iter().map(|(rule, _)| rule.name()).collect();
        assert_eq!(checked.intersection(&excused).count(), 0, "an excuse for a rule that has a case");
        let all = rules::ALL.iter().chain(rules::SESSIONS);
        let known: BTreeSet<&str> = all.map(|rule| rule.name()).collect();
        assert_eq!(checked.union(&excused).copied().collect::<BTreeSet<_>>(), known);
    }

    #[test]
    fn no_two_cases_of_a_rule_share_a_name() {
        let names: BTreeSet<_> = super::all().map(|case| (case.rule.name(), case.name)).collect();
        assert_eq!(names.len(), super::all().count());
    }
}
