//! Runs the cases of a kit and reports by rule, whatever it is that the rules are about. `session-driverkit` shares it, so it
//! can be reached from there; it promises nothing to anybody else.

mod exceptions;
mod finding;
mod kit;
mod outcome;
mod program;
mod ready;
mod report;
mod suite;
mod within;

pub use exceptions::Exceptions;
pub use finding::{Finding, Place, Staged};
pub use kit::Kit;
pub use outcome::Outcome;
pub use program::{examine, run};
pub use ready::Ready;
pub(crate) use report::without_credentials;
pub use report::{Report, SuiteReport, Totals, Verdict};
pub use suite::{ReadyCase, Suite};
pub use within::{Ended, within};

pub use crate::violation::{Checked, Flaw, Violation, describe};
