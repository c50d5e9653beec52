//! The report about the stores that a program has run the suite on: pure functions of what the cases found.

#[allow(clippy::module_inception, reason = "one main type for each file")]
mod report;
mod suite_report;
mod totals;
mod verdict;

pub use report::Report;
pub use suite_report::SuiteReport;
pub use totals::Totals;
pub use verdict::Verdict;
