//! The suite: every case a private function, listed by name under the rule it checks.

mod attempt;
mod case;
mod commit;
mod commit_races;
mod create;
mod delete;
mod delete_tombstone;
mod family;
mod family_cap;
mod family_pages;
mod family_races;
mod load;
mod out_of_step;
mod outage;
mod retry;
mod rotate;
mod rotate_races;
mod rotate_refused;
mod sweep;
mod touch;
mod ttl;
mod undecodable;

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
        family_pages::CASES,
        family_races::CASES,
        ttl::CASES,
        sweep::CASES,
        outage::CASES,
        out_of_step::CASES,
        undecodable::CASES,
        crate::property::CASES,
    ];
    groups.into_iter().chain(crate::scenarios::GROUPS).flatten()
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
