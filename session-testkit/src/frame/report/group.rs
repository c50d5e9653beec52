use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::SuiteReport;
use crate::{Finding, Rule, rules};

/// The failures with one cause, as far as can be known: a rule, or a store that could not be opened.
pub(super) struct Group<'a> {
    /// `None` if no store could be opened.
    pub(super) rule: Option<&'static Rule>,
    /// From the most telling one, the simplest operation through the plainest API.
    pub(super) failures: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    /// All groups, the most telling one first.
    pub(super) fn all(suite: &'a SuiteReport) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        // The findings are in their order, from the plain to the intricate.
        for failure in suite.findings().iter().filter(|finding| finding.is_broken()) {
            let rule = failure.rule();
            match groups.iter_mut().find(|group| group.rule == rule) {
                Some(group) => group.failures.push(failure),
                None => groups.push(Self { rule, failures: vec![failure] }),
            }
        }
        // Without a store nothing else says much, and whole sessions fail because of what they are made of. A rule that many
        // cases find broken is the cause rather than one that a single case stumbles over.
        groups.sort_by_key(|group| {
            let of_sessions = group.rule.is_some_and(|rule| rules::SESSIONS.contains(&rule));
            (group.rule.is_some(), of_sessions, Reverse(group.failures.len()))
        });
        groups
    }

    /// The case to look at first.
    pub(super) fn first(&self) -> Option<&'a Finding> {
        self.failures.first().copied()
    }

    /// The number of cases and their APIs, such as "8 cases, through every API".
    pub(super) fn extent(&self, suite: &SuiteReport) -> String {
        let apis = |findings: &mut dyn Iterator<Item = &'a Finding>| -> BTreeSet<&'a str> {
            findings.filter_map(Finding::api).collect()
        };
        let here = apis(&mut self.failures.iter().copied());
        let all: BTreeSet<&str> = suite.findings().iter().filter_map(Finding::api).collect();
        let cases = match self.failures.len() {
            1 => "1 case".to_owned(),
            number => format!("{number} cases"),
        };
        let list = here.iter().copied().collect::<Vec<_>>().join(", ");
        match (here.len(), all.len()) {
            (0, _) | (_, 0 | 1) => cases,
            (here, all) if here == all => format!("{cases}, through every API"),
            _ => format!("{cases}, only through {list}"),
        }
    }

    /// The other cases, with the number of APIs in which each fails.
    pub(super) fn others(&self) -> Vec<(&'static str, usize)> {
        let first = self.first().and_then(Finding::case);
        let mut counted: BTreeMap<(u8, usize, &'static str), usize> = BTreeMap::new();
        for failure in &self.failures {
            if let Some(case) = failure.case().filter(|case| Some(*case) != first) {
                let (kind, column, _) = failure.place();
                *counted.entry((kind, column, case)).or_default() += 1;
            }
        }
        counted.into_iter().map(|((_, _, case), number)| (case, number)).collect()
    }
}
