//! The cases: each a private function, listed by name under the rule that it checks.

mod cache;
mod cancel;
mod cookie;
mod cookie_attributes;
mod csrf;
mod csrf_forms;
mod endings;
mod fail;
mod fail_status;
mod header;
mod log;
mod open;
mod open_found;
mod open_kinds;
mod race;
mod save;
mod save_not;
mod socket;
mod stream;
mod uses;

use crate::case::Case;

const GROUPS: [&[Case]; 20] = [
    open::CASES,
    open_found::CASES,
    open_kinds::CASES,
    save::CASES,
    save_not::CASES,
    uses::CASES,
    cookie::CASES,
    cookie_attributes::CASES,
    cache::CASES,
    stream::CASES,
    socket::CASES,
    cancel::CASES,
    endings::CASES,
    fail::CASES,
    fail_status::CASES,
    csrf::CASES,
    csrf_forms::CASES,
    race::CASES,
    header::CASES,
    log::CASES,
];

/// Every case, in the order of the rules.
pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    GROUPS.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::rules;

    #[test]
    fn every_rule_has_a_case() {
        let checked: BTreeSet<&str> = super::all().map(|case| case.rule.name()).collect();
        let known: BTreeSet<&str> = rules::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(checked, known);
    }

    #[test]
    fn no_two_cases_of_a_rule_share_a_name() {
        let names: BTreeSet<_> = super::all().map(|case| (case.rule.name(), case.name)).collect();
        assert_eq!(names.len(), super::all().count());
    }
}
