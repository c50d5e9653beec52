use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::runtime::{Builder, Runtime};

use super::{
    all::all,
    api_kind::{ApiKind, Stores},
    stage::Stage,
};
use crate::{
    Finding, Fixture, Means, Network, OpenError, Opened, Outcome, Rule, SuiteReport,
    cost::Costs,
    distance,
    fixture::Reason,
    frame::{self, Ended, ReadyCase, within},
    limits::{HUNG_CASES, MEASURED},
    pace::{Pace, measure, until_in_time},
    peer::Peers,
    rules,
    seed::Seed,
    subject::{Drive, Known, Shared, Subject, Time},
    violation::{Checked, Flaw, Violation, describe, panicked},
};

/// The suite, ready to run on the stores of one fixture.
pub(super) struct Suite {
    inner: Arc<Inner>,
    apis: Vec<ApiKind>,
    pace: Pace,
    /// Whether the cases wait most of the time: for deadlines, because the clock of the store cannot be moved, or for answers,
    /// because it is far away.
    waits: bool,
}

/// The fixture without its type, so that the cases are compiled once.
struct Inner {
    name: String,
    seed: u64,
    resolution: Duration,
    time_limit: Duration,
    /// How long a case may take.
    case_limit: Duration,
    /// The cases that took longer.
    hung: AtomicU32,
    claims: crate::Claims,
    costs: Costs,
    runtime: Runtime,
    peers: Peers,
    open: Open<Opened>,
    open_behind_proxy: Open<(Opened, Box<dyn Network>)>,
}

type Open<T> = Box<dyn Fn(&Runtime) -> Result<T, OpenError> + Send + Sync>;

/// A store, and the network in between if it was opened behind a proxy.
type Reached = (Opened, Option<Box<dyn Network>>);

impl Suite {
    /// Opens one store, to see which APIs it has.
    pub(super) fn of<F: Fixture>(
        fixture: &Arc<F>,
        peers: Peers,
        case_limit: Duration,
    ) -> Result<Self, Outcome> {
        let name = fixture.name().to_owned();
        let seed = Seed::of_the_run().map_err(Outcome::Broken)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| Outcome::Broken(format!("no runtime: {error}")))?;
        let (local, remote) = (Arc::clone(fixture), Arc::clone(fixture));
        let inner = Arc::new(Inner {
            name: name.clone(),
            seed,
            resolution: fixture.resolution(),
            time_limit: fixture.time_limit(),
            case_limit,
            hung: AtomicU32::new(0),
            claims: fixture.claims(),
            costs: Costs::default(),
            runtime,
            peers,
            open: Box::new(move |runtime| Ok(runtime.block_on(local.open())?.put_away(distance()))),
            open_behind_proxy: Box::new(move |runtime| {
                let (opened, network) = runtime.block_on(remote.open_behind_proxy())?;
                Ok((opened.put_away(distance()), network))
            }),
        });
        let opener = Arc::clone(&inner);
        let look = move || {
            let opened = (opener.open)(&opener.runtime).map_err(|OpenError(reason)| reason)?;
            let pace = opener.measured(&opened);
            Ok((ApiKind::of(&opened), pace, Time::of(&opened.hooks).is_real() || pace.is_far()))
        };
        match within(case_limit, "open", look) {
            Ended::Well(Ok((apis, pace, waits))) => Ok(Self { inner, apis, pace, waits }),
            Ended::Well(Err(Reason::Absent(reason))) if !is_required(&name) => {
                Err(Outcome::NotChecked(reason))
            }
            Ended::Well(Err(reason)) => Err(Outcome::Broken(reason.to_string())),
            Ended::Panicked(panic) => Err(Outcome::Broken(could_not_open(&describe(panic.as_ref())))),
            Ended::Not => {
                Err(Outcome::Broken(could_not_open(&format!("it did not end within {case_limit:?}"))))
            }
            Ended::Unstarted(error) => Err(Outcome::Broken(error)),
        }
    }

    fn stages(&self) -> impl Iterator<Item = Stage> {
        let stages = self.apis.iter().enumerate().flat_map(|(row, api)| {
            all().enumerate().map(move |(column, case)| Stage::new(case, *api, column, row))
        });
        stages.filter(|stage| stage.api.is_for(stage.case.rule))
    }

    fn run(&self, stage: &Stage) -> Finding {
        let told = self.inner.checked(self.pace, stage);
        let report = |violation: &Violation| self.inner.report(stage, violation);
        Finding::of(&self.inner.name, stage.name(), stage.staged(), told, report)
    }
}

impl frame::Suite for Suite {
    fn cases(self: Arc<Self>) -> Vec<ReadyCase> {
        let case = |stage: Stage| {
            let suite = Arc::clone(&self);
            ReadyCase::new(stage.name(), stage.case.rule, move || suite.run(&stage))
        };
        self.stages().map(case).collect()
    }

    fn replay(&self) -> Option<String> {
        Some(Seed::for_case(self.inner.seed, "").replay())
    }

    fn waits(&self) -> bool {
        self.waits
    }

    fn complete(&self, report: SuiteReport) -> SuiteReport {
        report.with_costs(self.inner.costs.clone())
    }
}

impl Inner {
    /// The pace of the slower API. A store that does not answer is for the cases to find out.
    fn measured(&self, opened: &Opened) -> Pace {
        let apis = [&opened.nonblocking, &opened.blocking].into_iter().flatten();
        let paces = apis.filter_map(|api| {
            let (api, runtime) = (api.clone(), self.runtime.handle().clone());
            // Opening has the time of one case, and a store that hangs is told by its cases.
            let limit = MEASURED.min(self.case_limit / 4);
            match within(limit, "measuring", move || runtime.block_on(measure(&api))) {
                Ended::Well(pace) => Some(pace),
                _ => None,
            }
        });
        paces.max_by_key(|pace| pace.turn()).unwrap_or_default()
    }

    /// Runs the case, unless the fixture claims its rule away or the store has hung too often.
    fn checked(self: &Arc<Self>, pace: Pace, stage: &Stage) -> Checked {
        let (case, api) = (stage.case, stage.api);
        if let Some(reason) = self.claims.exception(case.rule) {
            return Err(Flaw::Inapplicable(reason.to_owned()));
        }
        if self.hung.load(Ordering::Relaxed) >= HUNG_CASES {
            let reason = format!("the store did not answer in {HUNG_CASES} cases, so this one was not run");
            return Err(Flaw::Unable(reason));
        }
        let inner = Arc::clone(self);
        let run = move || {
            until_in_time(|times| {
                let subject = inner.subject(pace.slower(times), api, case.rule, case.name)?;
                let drive = subject.shared.drive.clone();
                drive.block_on((case.run)(subject))
            })
        };
        let limit = self.case_limit + pace.patience();
        match within(limit, &stage.name(), run) {
            Ended::Well(result) => result,
            Ended::Panicked(panic) => Err(panicked(case.rule, panic.as_ref())),
            Ended::Unstarted(error) => Err(Flaw::Unable(error)),
            Ended::Not => {
                self.hung.fetch_add(1, Ordering::Relaxed);
                let seen = format!("the store did not answer within {limit:?}");
                Err(broken(case.rule, seen))
            }
        }
    }

    fn opened(&self, rule: &'static Rule) -> Checked<Reached> {
        let opened = catch_unwind(AssertUnwindSafe(|| match rule {
            rule if rules::OF_A_SERVER.contains(&rule) => self.behind_proxy(),
            rule if *rule == rules::COST_1 => self.counted(),
            _ => self.directly(),
        }));
        let opened = opened.map_err(|panic| Flaw::Unopened(could_not_open(&describe(panic.as_ref()))))?;
        opened.map_err(|OpenError(reason)| match reason {
            Reason::NoProxy(_) => self.claims.lacking(Means::Proxy, &reason.to_string()),
            Reason::Absent(_) | Reason::Failed(_) => Flaw::Unopened(reason.to_string()),
        })
    }

    fn directly(&self) -> Result<Reached, OpenError> {
        (self.open)(&self.runtime).map(|opened| (opened, None))
    }

    fn behind_proxy(&self) -> Result<Reached, OpenError> {
        (self.open_behind_proxy)(&self.runtime).map(|(opened, network)| (opened, Some(network)))
    }

    /// A store whose round trips are counted: by itself, or else by its proxy.
    fn counted(&self) -> Result<Reached, OpenError> {
        let opened = self.directly()?;
        if opened.0.hooks.round_trips.is_some() {
            return Ok(opened);
        }
        match self.behind_proxy() {
            Err(OpenError(Reason::NoProxy(_))) => Ok(opened),
            reached => reached,
        }
    }

    fn subject(
        self: &Arc<Self>,
        pace: Pace,
        api: ApiKind,
        rule: &'static Rule,
        name: &str,
    ) -> Checked<Subject> {
        let (mut opened, network) = self.opened(rule)?;
        if let (Some(place), None) = (&opened.place, &opened.peer) {
            let peer = self.peers.join(&self.runtime, place).map_err(Flaw::Unopened)?;
            let away = if opened.hooks.at_distance { Duration::ZERO } else { distance() };
            opened = opened.with_peer(peer.put_away(away));
        }
        let lost =
            || Flaw::Unopened("the fixture opened a store or a peer with fewer APIs than before".to_owned());
        let drive =
            if api.needs_runtime() { Drive::Runtime(self.runtime.handle().clone()) } else { Drive::Plain };
        let Stores { main, others, instances } = api.stores(&opened).ok_or_else(lost)?;
        let (inner, another) = (Arc::clone(self), format!("{name}, another"));
        let shared = Shared {
            time: Time::of(&opened.hooks),
            seed: Seed::for_case(self.seed, name),
            hooks: opened.into_hooks(),
            drive,
            pace,
            resolution: self.resolution,
            time_limit: self.time_limit + pace.allowance(),
            network,
            claims: self.claims.clone(),
            others,
            instances,
            races: AtomicUsize::new(0),
            known: Known::default(),
            api: api.to_string(),
            costs: self.costs.clone(),
            reopen: Box::new(move || inner.off_thread(|| inner.subject(pace, api, rule, &another))),
        };
        Ok(Subject { rule, store: main, shared: Arc::new(shared) })
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

fn could_not_open(reason: &str) -> String {
    Reason::Failed(reason.into()).to_string()
}
