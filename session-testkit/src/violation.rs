use std::any::Any;

use crate::{Rule, peer::Lost};

/// What a case saw that the rule forbids.
#[derive(Debug, Clone)]
pub(crate) struct Violation {
    pub(crate) rule: &'static Rule,
    pub(crate) seen: String,
}

/// The result of a case.
pub(crate) type Checked<T = ()> = Result<T, Flaw>;

/// Why a case ends early.
#[derive(Debug, Clone)]
pub(crate) enum Flaw {
    /// The store broke a rule.
    Violation(Violation),
    /// The case could not tell whether the store keeps the rule, for this reason.
    Unable(String),
    /// The case took longer than it assumed, so it must be tried again with longer deadlines.
    Late(String),
    /// The fixture could not open a store, for this reason.
    Unopened(String),
    /// The case does not apply to this store, for this reason.
    Inapplicable(String),
}

/// The end of a case by a panic.
pub(crate) fn panicked(rule: &'static Rule, panic: &(dyn Any + Send)) -> Flaw {
    match Lost::reason(panic) {
        Some(reason) => Flaw::Unopened(reason.to_owned()),
        None => Flaw::Violation(Violation { rule, seen: describe(panic) }),
    }
}

/// The message of a panic.
pub(crate) fn describe(panic: &(dyn Any + Send)) -> String {
    if let Some(reason) = Lost::reason(panic) {
        return reason.to_owned();
    }
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("it panicked: {}", text.unwrap_or("without a message"))
}

impl From<Flaw> for String {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::Violation(violation) => violation.seen,
            Flaw::Unable(reason)
            | Flaw::Late(reason)
            | Flaw::Unopened(reason)
            | Flaw::Inapplicable(reason) => reason,
        }
    }
}
