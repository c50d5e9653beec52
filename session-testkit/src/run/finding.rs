use super::{Outcome, stage::Place};
use crate::Rule;

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
pub(super) struct Staged {
    pub(super) rule: &'static Rule,
    pub(super) case: &'static str,
    pub(super) api: String,
    pub(super) place: Place,
}

impl Finding {
    /// The result of opening a store at all, if that did not work.
    pub(super) fn unopened(store: &str, outcome: Outcome) -> Self {
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

    /// The API that the case went through, such as `blocking`, or `None` if no store could be opened at all.
    #[must_use]
    pub fn api(&self) -> Option<&str> {
        self.stage.as_ref().map(|stage| stage.api.as_str())
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
