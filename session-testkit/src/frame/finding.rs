use super::Outcome;
use crate::{
    Rule,
    violation::{Checked, Flaw, Violation},
};

/// The result of one case.
#[derive(Debug, Clone)]
pub struct Finding {
    pub(super) store: String,
    pub(super) name: String,
    pub(super) stage: Option<Staged>,
    pub(super) rule: Option<&'static Rule>,
    pub(super) outcome: Outcome,
    pub(super) seen: Option<String>,
    /// The machine or the store was too slow for the case to tell.
    pub(super) is_late: bool,
}

/// Which case it was, and through which API.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "the kits of this workspace make it")]
pub struct Staged {
    /// The rule that the case checks.
    pub rule: &'static Rule,
    /// The name of the case.
    pub case: &'static str,
    /// The API, if the subject has several.
    pub api: Option<String>,
    /// Its place in reports.
    pub place: Place,
}

/// The place of a case in reports, from the plain to the intricate: what kind of case, which case, which API.
pub type Place = (u8, usize, usize);

impl Finding {
    /// The result of a case of this name. `report` tells all of a violation.
    #[doc(hidden)]
    #[must_use]
    pub fn of(
        store: &str,
        name: String,
        stage: Staged,
        told: Checked,
        report: impl FnOnce(&Violation) -> String,
    ) -> Self {
        let checked = stage.rule;
        let is_late = matches!(told, Err(Flaw::Late(_)));
        let (rule, outcome, seen) = match told {
            Ok(()) => (Some(checked), Outcome::Kept, None),
            Err(Flaw::Inapplicable(reason)) => (Some(checked), Outcome::ClaimedAway(reason), None),
            Err(Flaw::Unable(reason) | Flaw::Late(reason)) => {
                (Some(checked), Outcome::NotChecked(reason), None)
            }
            Err(Flaw::Unopened(reason)) => (None, Outcome::Broken(reason), None),
            Err(Flaw::Violation(violation)) => {
                (Some(violation.rule), Outcome::Broken(report(&violation)), Some(violation.seen))
            }
        };
        Self { store: store.to_owned(), name, stage: Some(stage), rule, outcome, seen, is_late }
    }

    /// The result of opening a store at all, if that did not work.
    pub(crate) fn unopened(store: &str, outcome: Outcome) -> Self {
        let (name, seen) = (format!("{store}::open"), None);
        Self { store: store.to_owned(), name, stage: None, rule: None, outcome, seen, is_late: false }
    }

    /// The name of the fixture.
    #[must_use]
    pub fn store(&self) -> &str {
        &self.store
    }

    /// The API, the group of the rule and the case, as in the arguments of a test.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the case, the same through every API, or `None` if no store could be opened at all.
    #[must_use]
    pub fn case(&self) -> Option<&'static str> {
        self.stage.as_ref().map(|stage| stage.case)
    }

    /// The API that the case went through, such as `blocking`. `None` if there are no APIs to choose from, or if no store could be opened at all.
    #[must_use]
    pub fn api(&self) -> Option<&str> {
        self.stage.as_ref()?.api.as_deref()
    }

    /// The rule that was checked or broken, or `None` if no store could be opened.
    ///
    /// A case can find another rule broken than the one it checks.
    #[must_use]
    pub const fn rule(&self) -> Option<&'static Rule> {
        self.rule
    }

    /// How the case ended.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What the case saw that the rule forbids, if the rule is broken.
    #[must_use]
    pub fn seen(&self) -> Option<&str> {
        self.seen.as_deref()
    }

    /// The rule that the case checks.
    pub(crate) fn checked(&self) -> Option<&'static Rule> {
        self.stage.as_ref().map(|stage| stage.rule)
    }

    pub(crate) const fn is_broken(&self) -> bool {
        matches!(self.outcome, Outcome::Broken(_))
    }

    pub(crate) fn place(&self) -> Place {
        self.stage.as_ref().map_or((0, 0, 0), |stage| stage.place)
    }
}
