use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use tokio::runtime::{Builder, Runtime};

use super::{Finding, Outcome, all::all, api_kind::ApiKind, stage::Stage};
use crate::{
    Fixture, Network, OpenError, Opened, Rule,
    fixture::Reason,
    limits::CASE_ENDED,
    rules,
    seed::Seed,
    subject::{Drive, Shared, Subject, Time},
    violation::{Checked, Flaw, Violation, describe},
};

/// The suite, ready to run on the stores of one fixture.
pub(super) struct Suite {
    inner: Arc<Inner>,
    apis: &'static [ApiKind],
    waits: bool,
}

/// The fixture without its type, so that the cases are compiled once.
struct Inner {
    name: String,
    seed: u64,
    resolution: Duration,
    time_limit: Duration,
    claims: crate::Claims,
    runtime: Runtime,
    open: Open<Opened>,
    open_behind_proxy: Open<(Opened, Box<dyn Network>)>,
}

type Open<T> = Box<dyn Fn(&Runtime) -> Result<T, OpenError> + Send + Sync>;

impl Suite {
    /// Opens one store, to see which APIs it has.
    pub(super) fn of<F: Fixture>(fixture: F) -> Result<Self, Finding> {
        let name = fixture.name().to_owned();
        let failed = |report: String| unopened(&name, Outcome::Broken(report));
        let seed = Seed::of_the_run().map_err(failed)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| failed(format!("no runtime: {error}")))?;
        let fixture = Arc::new(fixture);
        let remote = Arc::clone(&fixture);
        let inner = Inner {
            name: name.clone(),
            seed,
            resolution: fixture.resolution(),
            time_limit: fixture.time_limit(),
            claims: fixture.claims(),
            runtime,
            open: Box::new(move |runtime| runtime.block_on(fixture.open())),
            open_behind_proxy: Box::new(move |runtime| runtime.block_on(remote.open_behind_proxy())),
        };
        match (inner.open)(&inner.runtime) {
            Ok(opened) => {
                let waits = Time::of(&opened.hooks).is_real();
                Ok(Self { apis: ApiKind::of(&opened), inner: Arc::new(inner), waits })
            }
            Err(OpenError(Reason::Absent(reason))) if !is_required(&name) => {
                Err(unopened(&name, Outcome::Ignored(reason)))
            }
            Err(OpenError(reason)) => Err(failed(reason.to_string())),
        }
    }

    /// Whether the cases wait for deadlines, because the clock of the store cannot be moved.
    pub(super) const fn waits(&self) -> bool {
        self.waits
    }

    pub(super) fn stages(&self) -> impl Iterator<Item = Stage> {
        let stages = self.apis.iter().flat_map(|api| all().map(|case| Stage { case, api: *api }));
        // A server can treat the two APIs differently, so mixing them says nothing.
        stages.filter(|stage| !stage.api.is_crosswise() || !rules::OF_A_SERVER.contains(&stage.case.rule))
    }

    pub(super) fn run(&self, stage: &Stage) -> Finding {
        let (name, rule) = (stage.name(), stage.case.rule);
        if let Some(reason) = self.inner.claims.exception(rule) {
            let outcome = Outcome::Ignored(format!("{} is not claimed: {reason}", rule.name()));
            return Finding { name, rule: Some(rule), outcome };
        }
        let (rule, outcome) = match self.inner.checked(stage) {
            Ok(()) => (rule, Outcome::Kept),
            Err(Flaw::Unable(reason)) => (rule, Outcome::Ignored(reason)),
            Err(Flaw::Violation(violation)) => {
                let report = self.inner.report(stage, &violation);
                (violation.rule, Outcome::Broken(report))
            }
        };
        Finding { name, rule: Some(rule), outcome }
    }
}

impl Inner {
    /// Runs the case on its own thread, which is left behind if the store never answers.
    fn checked(self: &Arc<Self>, stage: &Stage) -> Checked {
        let (case, api) = (stage.case, stage.api);
        let (inner, (done, outcome)) = (Arc::clone(self), mpsc::channel());
        let run = move || {
            let name = case.name;
            let result = catch_unwind(AssertUnwindSafe(|| {
                let subject = inner.subject(api, case.rule, name)?;
                let drive = subject.shared.drive.clone();
                drive.block_on((case.run)(subject))
            }));
            let panicked =
                |panic: Box<dyn std::any::Any + Send>| Err(broken(case.rule, describe(panic.as_ref())));
            // The receiver is gone if the case took too long.
            let _ = done.send(result.unwrap_or_else(panicked));
        };
        if let Err(error) = thread::Builder::new().name(stage.name()).spawn(run) {
            return Err(Flaw::Unable(format!("no thread: {error}")));
        }
        outcome.recv_timeout(CASE_ENDED).unwrap_or_else(|_| {
            Err(broken(case.rule, format!("the store did not answer within {:?}", CASE_ENDED)))
        })
    }

    fn opened(&self, rule: &'static Rule) -> Checked<(Opened, Option<Box<dyn Network>>)> {
        let opened = if rules::OF_A_SERVER.contains(&rule) {
            (self.open_behind_proxy)(&self.runtime).map(|(opened, network)| (opened, Some(network)))
        } else {
            (self.open)(&self.runtime).map(|opened| (opened, None))
        };
        opened.map_err(|OpenError(reason)| match reason {
            Reason::NoProxy(_) => Flaw::Unable(reason.to_string()),
            Reason::Absent(_) | Reason::Failed(_) => broken(rule, reason.to_string()),
        })
    }

    fn subject(self: &Arc<Self>, api: ApiKind, rule: &'static Rule, name: &str) -> Checked<Subject> {
        let (opened, network) = self.opened(rule)?;
        let lost = || broken(rule, "the fixture opened a store with fewer APIs than before".to_owned());
        let twin = match api {
            ApiKind::NonblockingWrites => ApiKind::BlockingWrites.pick(&opened),
            ApiKind::BlockingWrites => ApiKind::NonblockingWrites.pick(&opened),
            ApiKind::Nonblocking | ApiKind::Blocking => None,
        };
        let drive =
            if api.needs_runtime() { Drive::Runtime(self.runtime.handle().clone()) } else { Drive::Plain };
        let picked = api.pick(&opened).ok_or_else(lost)?;
        let (inner, another) = (Arc::clone(self), format!("{name}, another"));
        let shared = Shared {
            time: Time::of(&opened.hooks),
            seed: Seed::for_case(self.seed, name),
            hooks: opened.hooks,
            drive,
            resolution: self.resolution,
            time_limit: self.time_limit,
            network,
            claims: self.claims.clone(),
            twin,
            reopen: Box::new(move || inner.off_thread(|| inner.subject(api, rule, &another))),
        };
        Ok(Subject { rule, store: picked, shared: Arc::new(shared) })
    }

    /// The thread of a case already drives a future, so opening another store needs another thread.
    fn off_thread<T: Send>(&self, run: impl FnOnce() -> Checked<T> + Send) -> Checked<T> {
        thread::scope(|scope| match scope.spawn(run).join() {
            Ok(answer) => answer,
            Err(panic) => Err(Flaw::Unable(describe(panic.as_ref()))),
        })
    }

    fn report(&self, stage: &Stage, violation: &Violation) -> String {
        let rule = violation.rule;
        format!(
            "{store} breaks {name}\n  rule    {sentence}\n  why     {reason}\n  seen    {seen}\n  store   {store}, {api} API\n  \
             case    {case}\n  replay  {replay}\n  see     {see}",
            store = self.name,
            name = rule.name(),
            sentence = rule.sentence(),
            reason = rule.reason(),
            seen = violation.seen,
            api = stage.api,
            case = stage.name(),
            replay = Seed::for_case(self.seed, "").replay(),
            see = rule.documented_at(),
        )
    }
}

/// Whether `SESSION_TEST_REQUIRE` lists this fixture.
fn is_required(name: &str) -> bool {
    let required = std::env::var("SESSION_TEST_REQUIRE").unwrap_or_default();
    required.split(',').any(|required| required.trim() == name)
}

fn broken(rule: &'static Rule, seen: String) -> Flaw {
    Flaw::Violation(Violation { rule, seen })
}

fn unopened(name: &str, outcome: Outcome) -> Finding {
    Finding { name: format!("{name}::open"), rule: None, outcome }
}
