use std::{sync::Arc, time::Duration};

use session_testkit::{
    Finding,
    frame::{self, Ended, Flaw, ReadyCase, Staged, Violation, describe, within},
};

use super::Log;
use crate::{
    case::{Case, Seen},
    cases,
    site::Stage,
};

/// The suite, ready to run on one driver.
pub(super) struct Suite {
    stage: Stage,
    /// How long a case may take.
    limit: Duration,
}

impl Suite {
    pub(super) fn new(stage: Stage) -> Self {
        Log::capture();
        let limit = stage.patience * 4;
        Self { stage, limit }
    }

    fn run(&self, case: &'static Case, place: usize) -> Finding {
        let name = name(case);
        let staged = Staged { rule: case.rule, case: case.name, api: None, place: (0, place, 0) };
        let told = self.checked(case, &name);
        let driver = self.stage.fixture().name();
        Finding::of(driver, name.clone(), staged, told, |violation| report(driver, &name, violation))
    }

    fn checked(&self, case: &'static Case, name: &str) -> frame::Checked {
        if let Some(reason) = self.stage.fixture().claims().exception(case.rule) {
            return Err(Flaw::Inapplicable(reason.to_owned()));
        }
        let stage = self.stage.clone();
        let broken = |seen: String| Err(Flaw::Violation(Violation { rule: case.rule, seen }));
        match within(self.limit, name, move || (case.run)(&stage)) {
            Ended::Well(Ok(())) => Ok(()),
            Ended::Well(Err(Seen::Wrong(seen))) => broken(seen),
            Ended::Well(Err(Seen::Unserved(reason))) => Err(Flaw::Unopened(reason)),
            Ended::Well(Err(Seen::Unable(reason))) | Ended::Unstarted(reason) => Err(Flaw::Unable(reason)),
            Ended::Panicked(panic) => broken(describe(panic.as_ref())),
            Ended::Not => broken(format!("the case did not end within {:?}", self.limit)),
        }
    }
}

impl frame::Suite for Suite {
    fn cases(self: Arc<Self>) -> Vec<ReadyCase> {
        let ready = cases::all().enumerate().map(|(place, case)| {
            let suite = Arc::clone(&self);
            ReadyCase::new(name(case), case.rule, move || suite.run(case, place))
        });
        ready.collect()
    }
}

fn name(case: &Case) -> String {
    format!("{}::{}", case.rule.name().to_lowercase().replace('-', "_"), case.name)
}

fn report(driver: &str, name: &str, Violation { rule, seen }: &Violation) -> String {
    format!(
        "{driver} breaks {rule}\n  rule    {sentence}\n  why     {reason}\n  seen    {seen}\n  case    {name}\n  see     {see}",
        rule = rule.name(),
        sentence = rule.sentence(),
        reason = rule.reason(),
        see = rule.documented_at(),
    )
}
