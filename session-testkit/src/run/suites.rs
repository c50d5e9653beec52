use std::{process::ExitCode, sync::Arc, time::Duration};

use super::suite::Suite;
use crate::{
    Fixture, Outcome, Report, Rule,
    frame::{self, Kit, Ready},
    limits::CASE_ENDED,
    peer::{Join, Peers, asked_to_serve, serve},
    rules,
};

/// What the reports say about this kit.
static KIT: Kit = Kit {
    name: "session-testkit",
    version: env!("CARGO_PKG_VERSION"),
    subject: "store",
    opened: "opened",
    title: "Rules of session stores",
    rules: || rules::ALL.iter().chain(rules::SESSIONS).copied().collect(),
};

/// The whole suite on several stores in one program, such as a single server and a cluster. They wait for their deadlines
/// at the same time.
///
/// ```no_run
/// # use session_testkit::ModelFixture as Single;
/// # use session_testkit::ModelFixture as Cluster;
/// fn main() -> std::process::ExitCode {
///     session_testkit::Suites::new().on(Single).on(Cluster).run()
/// }
/// ```
pub struct Suites {
    planned: Vec<Planned>,
    is_strict: bool,
    case_limit: Duration,
}

/// A fixture that is not opened yet, with what the names of its cases begin with.
struct Planned {
    store: String,
    prefix: String,
    open: Box<dyn FnOnce(Peers, Duration) -> Result<Suite, Outcome>>,
    /// Makes its instances in the process of a peer.
    join: Join,
}

impl Suites {
    /// No suites yet.
    #[must_use]
    pub fn new() -> Self {
        Self { planned: Vec::new(), is_strict: false, case_limit: CASE_ENDED }
    }

    /// Adds the suite on the stores of this fixture. The names of its cases begin with the name of the fixture.
    #[must_use]
    pub fn on(self, fixture: impl Fixture) -> Self {
        let prefix = format!("{}::", fixture.name());
        self.with(fixture, prefix)
    }

    pub(super) fn alone(self, fixture: impl Fixture) -> Self {
        self.with(fixture, String::new())
    }

    fn with(mut self, fixture: impl Fixture, prefix: String) -> Self {
        let store = fixture.name().to_owned();
        let fixture = Arc::new(fixture);
        let joined = Arc::clone(&fixture);
        let open = Box::new(move |peers, case_limit| Suite::of(&fixture, peers, case_limit));
        let join: Join = Box::new(move |runtime, place| runtime.block_on(joined.join(place)));
        self.planned.push(Planned { store, prefix, open, join });
        self
    }

    /// Lets every case fail that is [not checked](Outcome::NotChecked), as `SESSION_TEST_STRICT=1` does.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// How long one case may take, and the opening of a store: 5 minutes by default. A case that takes longer has failed.
    /// After three of them the other cases of the store are not run.
    #[must_use]
    pub const fn case_limit(mut self, limit: Duration) -> Self {
        self.case_limit = limit;
        self
    }

    /// Runs all suites and reports like any other test. Takes the usual arguments, such as `--list` and filters.
    #[must_use]
    pub fn run(mut self) -> ExitCode {
        if let Some((number, word)) = asked_to_serve() {
            return self.serve(number, &word);
        }
        frame::run(self.is_strict, || self.opened(|number, store, _| Peers::apart(number, store)))
    }

    /// Runs the cases of these rules on all stores, one after the other, without printing anything.
    ///
    /// ```
    /// use session_testkit::{ModelFixture, Suites, rules};
    ///
    /// let report = Suites::new().on(ModelFixture).examine(&[&rules::CREATE_3]);
    /// assert!(report.suites().iter().all(|suite| suite.totals().kept == 1));
    /// ```
    #[must_use]
    pub fn examine(self, rules: &[&'static Rule]) -> Report {
        let is_strict = self.is_strict;
        frame::examine(is_strict, &self.opened(|_, _, join| Peers::Here(join)), rules)
    }

    fn opened(self, peers: impl Fn(usize, &str, Join) -> Peers) -> Vec<Ready> {
        let limit = self.case_limit;
        let opened = self.planned.into_iter().enumerate().map(|(number, planned)| {
            let Planned { store, prefix, open, join } = planned;
            let suite = open(peers(number, &store, join), limit);
            Ready::new(&KIT, store, prefix, suite.map(|suite| Arc::new(suite) as _))
        });
        opened.collect()
    }

    /// Serves the fixture of this number, because this is the process of a peer.
    #[allow(clippy::print_stderr, reason = "the parent shows what its child printed when it fails")]
    fn serve(&mut self, number: usize, word: &str) -> ExitCode {
        if number >= self.planned.len() {
            eprintln!("there are {} fixtures here, and number {number} is asked for", self.planned.len());
            return ExitCode::FAILURE;
        }
        let Planned { store, join, .. } = self.planned.swap_remove(number);
        serve(&store, join, word).unwrap_or_else(|error| {
            eprintln!("{store}: {error}");
            ExitCode::FAILURE
        })
    }
}

impl Default for Suites {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Suites {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stores: Vec<&str> = self.planned.iter().map(|planned| planned.store.as_str()).collect();
        f.debug_struct("Suites").field("stores", &stores).finish_non_exhaustive()
    }
}
