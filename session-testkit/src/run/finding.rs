use crate::Rule;

/// The result of one case.
#[derive(Debug, Clone)]
pub struct Finding {
    pub(super) name: String,
    pub(super) rule: Option<&'static Rule>,
    pub(super) outcome: Outcome,
}

/// How a case ended.
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a runner must tell a case that says nothing from one that passed"
)]
pub enum Outcome {
    /// The store keeps the rule, as far as the case can see.
    Kept,
    /// The case says nothing about the store, for this reason.
    Ignored(String),
    /// The store breaks the rule; this is the whole report.
    Broken(String),
}

impl Finding {
    /// The API, the group of the rule and the case, as in the arguments of a test.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rule that was checked or broken, or `None` if no store could be opened.
    #[must_use]
    pub const fn rule(&self) -> Option<&'static Rule> {
        self.rule
    }

    /// How the case ended.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}
