#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod case;
mod cases;
mod cost;
mod fixture;
#[doc(hidden)]
pub mod frame;
mod limits;
mod model;
mod pace;
mod peer;
mod property;
pub mod rules;
mod run;
mod scenarios;
mod seed;
mod subject;
mod violation;

pub mod guide {
    #![doc = include_str!("../docs/write-a-backend.md")]
}

pub use cost::Errand;
pub use fixture::{Claims, Condition, Fixture, Means, Network, OpenError, Opened};
pub use frame::{Finding, Outcome, Report, SuiteReport, Totals, Verdict};
pub use model::{ModelClock, ModelFixture, ModelStore};
pub use pace::distance;
pub use rules::Rule;
pub use run::{Suites, examine, main};
pub use session_testing::{Distant, Fault, Faulty, Schedule};
