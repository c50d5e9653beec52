use session_testkit::Rule;

use crate::site::Stage;

/// One case of the suite.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) rule: &'static Rule,
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Stage) -> Checked,
}

/// The result of a case.
pub(crate) type Checked<T = ()> = Result<T, Seen>;

/// Why a case ends early.
#[derive(Debug, Clone)]
pub(crate) enum Seen {
    /// This, which the rule forbids.
    Wrong(String),
    /// The server could not be started, for this reason.
    Unserved(String),
    /// Whether the rule is kept cannot be told, for this reason.
    Unable(String),
}

impl Seen {
    pub(crate) const fn new(what: String) -> Self {
        Self::Wrong(what)
    }
}

/// The case goes on only if this is so.
pub(crate) fn check(is_so: bool, what: impl FnOnce() -> String) -> Checked {
    if is_so { Ok(()) } else { Err(Seen::new(what())) }
}

/// The case goes on only if what was seen is what was expected.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(what: &str, seen: &T, expected: &T) -> Checked {
    check(seen == expected, || format!("{what}: {seen:?} and not {expected:?}"))
}

/// Lists the cases of a file under their rules.
macro_rules! cases {
    ($($rule:ident: [$($name:ident),+ $(,)?];)+) => {
        pub(super) const CASES: &[$crate::case::Case] = &[$($($crate::case::Case {
            rule: &$crate::rules::$rule,
            name: stringify!($name),
            run: $name,
        },)+)+];
    };
}
pub(crate) use cases;
