#![doc = include_str!("../README.md")]

mod cases;
mod claims;
mod drive;
mod face;
mod faults;
mod fixture;
pub mod load;
mod model;
mod opened;
mod port;
mod property;
pub mod proxy;
mod required;
mod rule;
pub mod rules;
mod run;
mod scenarios;
mod seed;
#[cfg(all(unix, feature = "servers"))]
pub mod servers;
mod subject;
mod time;
mod violation;

pub mod guide {
    #![doc = include_str!("../docs/write-a-backend.md")]
}

pub use claims::Claims;
pub use faults::{Fault, Faulty, Schedule};
pub use fixture::{Fixture, OpenError};
pub use model::{ManualClock, ModelFixture, ModelStore};
pub use opened::Opened;
pub use rule::Rule;
pub use run::{Finding, Outcome, Suites, examine, main};
