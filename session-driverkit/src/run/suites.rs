use std::{fmt, process::ExitCode, sync::Arc, time::Duration};

use session_testkit::frame::{self, Kit, Ready};

use super::suite::Suite;
use crate::{Fixture, Report, Rule, rules, site::Stage};

/// What the reports say about this kit.
static KIT: Kit = Kit {
    name: "session-driverkit",
    version: env!("CARGO_PKG_VERSION"),
    subject: "server",
    opened: "started",
    title: "Rules of drivers",
    rules: || rules::ALL.to_vec(),
};

/// The whole suite on several drivers in one program.
pub struct Suites {
    planned: Vec<(String, Arc<dyn Fixture>)>,
    is_strict: bool,
    patience: Duration,
}

impl Suites {
    /// Long, because a busy machine is normal.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// No suites yet.
    #[must_use]
    pub fn new() -> Self {
        Self { planned: Vec::new(), is_strict: false, patience: Self::PATIENCE }
    }

    /// Adds the suite on this driver. The names of its cases begin with the name of the fixture.
    #[must_use]
    pub fn on(self, fixture: impl Fixture) -> Self {
        let prefix = format!("{}::", fixture.name());
        self.with(fixture, prefix)
    }

    pub(super) fn alone(self, fixture: impl Fixture) -> Self {
        self.with(fixture, String::new())
    }

    fn with(mut self, fixture: impl Fixture, prefix: String) -> Self {
        self.planned.push((prefix, Arc::new(fixture)));
        self
    }

    /// Lets every case fail that is [not checked](crate::Outcome::NotChecked), as `SESSION_TEST_STRICT=1` does.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// How long something that must happen is waited for: 30 seconds by default, because a busy machine is normal.
    #[must_use]
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Runs all suites and reports like any other test.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let is_strict = self.is_strict;
        frame::run(is_strict, || self.ready())
    }

    /// Runs the cases of these rules on all drivers, one after the other, without printing anything.
    #[must_use]
    pub fn examine(self, rules: &[&'static Rule]) -> Report {
        let is_strict = self.is_strict;
        frame::examine(is_strict, &self.ready(), rules)
    }

    fn ready(self) -> Vec<Ready> {
        let patience = self.patience;
        let ready = self.planned.into_iter().map(|(prefix, fixture)| {
            let name = fixture.name().to_owned();
            let suite = Suite::new(Stage::new(fixture, patience));
            Ready::new(&KIT, name, prefix, Ok(Arc::new(suite)))
        });
        ready.collect()
    }
}

impl Default for Suites {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Suites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let drivers: Vec<&str> = self.planned.iter().map(|(_, fixture)| fixture.name()).collect();
        f.debug_struct("Suites").field("drivers", &drivers).finish_non_exhaustive()
    }
}
