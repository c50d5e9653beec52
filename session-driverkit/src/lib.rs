#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod case;
mod cases;
mod client;
mod fixture;
mod handler;
pub mod rules;
mod run;
mod site;
mod store;
mod time;

pub use fixture::{Claims, Fixture, Guard, ServeError, Setup, on_tokio};
pub use handler::{Answer, Held, act, said};
pub use run::{Suites, examine, main};
pub use session_testkit::{Finding, Outcome, Report, Rule, SuiteReport, Totals, Verdict};
pub use store::KitStore;
