use std::{future::Future, pin::Pin};

use crate::{Rule, subject::Subject, violation::Checked};

/// One case of the suite.
pub(crate) struct Case {
    pub(crate) rule: &'static Rule,
    pub(crate) name: &'static str,
    pub(crate) run: fn(Subject) -> Pin<Box<dyn Future<Output = Checked>>>,
}

/// Lists the cases of a file under their rules.
macro_rules! cases {
    ($($rule:ident: [$($name:ident),+ $(,)?];)+) => {
        pub(crate) const CASES: &[$crate::case::Case] = &[$($($crate::case::Case {
            rule: &$crate::rules::$rule,
            name: stringify!($name),
            run: |subject| Box::pin($name(subject)),
        },)+)+];
    };
}
pub(crate) use cases;
