use std::fmt;

use super::SuiteReport;
use crate::Outcome;

/// The report about all stores of a program. It displays as the text that [`main`](crate::main) prints.
#[derive(Debug, Clone)]
pub struct Report {
    pub(super) suites: Vec<SuiteReport>,
    pub(super) is_strict: bool,
}

impl Report {
    pub(crate) const fn new(suites: Vec<SuiteReport>, is_strict: bool) -> Self {
        Self { suites, is_strict }
    }

    /// What was found about the stores of each fixture.
    #[must_use]
    pub fn suites(&self) -> &[SuiteReport] {
        &self.suites
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for suite in &self.suites {
            writeln!(f, "{}: {}", suite.store, suite.totals())?;
            for verdict in suite.verdicts() {
                match verdict.outcome() {
                    Outcome::ClaimedAway(reason) => {
                        writeln!(f, "  {} claimed away: {reason}", verdict.rule().name())?;
                    }
                    Outcome::NotChecked(reason) => {
                        writeln!(f, "  {} not checked: {reason}", verdict.rule().name())?;
                    }
                    Outcome::Kept => {}
                    Outcome::Broken(report) => writeln!(f, "\n{report}")?,
                }
            }
            if let (true, Some(replay)) = (suite.totals().broken > 0, &suite.replay) {
                writeln!(f, "  replay {replay}")?;
            }
            if !suite.costs.is_empty() {
                writeln!(f, "\n{}", suite.costs)?;
            }
        }
        if self.is_strict {
            writeln!(f, "A case that is not checked fails (strict).")?;
        }
        Ok(())
    }
}
