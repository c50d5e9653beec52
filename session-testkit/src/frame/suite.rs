use std::{fmt, sync::Arc};

use super::{Finding, SuiteReport};
use crate::Rule;

/// The cases of a kit, ready to run on one subject.
pub trait Suite: Send + Sync + 'static {
    /// All cases.
    fn cases(self: Arc<Self>) -> Vec<ReadyCase>;

    /// The variable that repeats the run, if chance has a part in it.
    fn replay(&self) -> Option<String> {
        None
    }

    /// Whether most of the time of a case is waiting, so that many cases may run at once.
    fn waits(&self) -> bool {
        false
    }

    /// Adds to the report what the suite knows beside its findings.
    fn complete(&self, report: SuiteReport) -> SuiteReport {
        report
    }
}

/// A case that only needs to be started.
pub struct ReadyCase {
    pub(super) name: String,
    pub(super) rule: &'static Rule,
    pub(super) run: Box<dyn FnOnce() -> Finding + Send>,
}

impl ReadyCase {
    /// The case of this name, which checks this rule.
    pub fn new(name: String, rule: &'static Rule, run: impl FnOnce() -> Finding + Send + 'static) -> Self {
        Self { name, rule, run: Box::new(run) }
    }
}

impl fmt::Debug for ReadyCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadyCase").field("name", &self.name).finish_non_exhaustive()
    }
}
