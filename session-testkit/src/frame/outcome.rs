/// How a case ended, or the cases of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a runner must tell a case that says nothing from one that passed"
)]
pub enum Outcome {
    /// The store keeps the rule, as far as the case can see.
    Kept,
    /// The store breaks the rule, or could not be opened; this is the whole report.
    Broken(String),
    /// The rule or the case does not apply to the store, for this reason: the fixture claims so, or the API has no such
    /// thing.
    ClaimedAway(String),
    /// The case could not tell, for this reason. This fails in the strict mode, unless the machine was too slow for the case.
    NotChecked(String),
}

impl Outcome {
    /// The name of the outcome, and the reason or the first line of the report.
    pub(crate) fn in_words(&self) -> (&'static str, &str) {
        match self {
            Self::Kept => ("kept", ""),
            Self::Broken(report) => ("broken", report.lines().next().unwrap_or_default()),
            Self::ClaimedAway(reason) => ("claimed away", reason),
            Self::NotChecked(reason) => ("not checked", reason),
        }
    }

    /// The reason why nothing was checked.
    pub(crate) fn unchecked(&self) -> Option<&str> {
        match self {
            Self::NotChecked(reason) => Some(reason),
            Self::Kept | Self::Broken(_) | Self::ClaimedAway(_) => None,
        }
    }
}
