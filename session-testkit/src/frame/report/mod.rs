//! The report about what a program has run its suites on: pure functions of what the cases found.

mod discreet;
mod group;
mod json;
mod markdown;
mod remark;
#[allow(clippy::module_inception, reason = "one main type for each file")]
mod report;
mod suite_report;
mod text;
mod totals;
mod verdict;
mod wanted;

pub(crate) use discreet::without_credentials;
pub use report::Report;
pub use suite_report::SuiteReport;
pub use totals::Totals;
pub use verdict::Verdict;
pub(crate) use wanted::Wanted;
