use std::any::Any;

use crate::{Rule, peer::Lost};

/// What a case saw that the rule forbids.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_structs, reason = "the kits of this workspace make it")]
pub struct Violation {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// What was seen.
    pub seen: String,
}

/// The result of a case.
pub type Checked<T = ()> = Result<T, Flaw>;

/// Why a case ends early.
#[derive(Debug, Clone)]
#[allow(clippy::exhaustive_enums, reason = "the kits of this workspace make it")]
pub enum Flaw {
    /// The subject broke a rule.
    Violation(Violation),
    /// The case could not tell whether the rule is kept, for this reason.
    Unable(String),
    /// The case took longer than it assumed, so it must be tried again with longer deadlines.
    Late(String),
    /// The fixture could not open the subject, for this reason.
    Unopened(String),
    /// The case does not apply to this subject, for this reason.
    Inapplicable(String),
}

/// The end of a case by a panic.
pub(crate) fn panicked(rule: &'static Rule, panic: &(dyn Any + Send)) -> Flaw {
    match Lost::reason(panic) {
        Some(reason) => Flaw::Unopened(reason.to_owned()),
        None => Flaw::Violation(Violation { rule, seen: describe(panic) }),
    }
}

/// Returns the message of a panic.
#[must_use]
pub fn describe(panic: &(dyn Any + Send)) -> String {
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
