use crate::Rule;

/// What a case saw that the rule forbids.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    pub(crate) rule: &'static Rule,
    pub(crate) seen: String,
}

/// What a case answers.
pub(crate) type Checked<T = ()> = Result<T, Flaw>;

/// Why a case ends early.
#[derive(Debug, Clone)]
pub(crate) enum Flaw {
    /// The store broke a rule.
    Violation(Violation),
    /// The fixture lacks what the case needs; nothing is known about the store.
    Unable(String),
}
