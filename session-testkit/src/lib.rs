#![doc = include_str!("../README.md")]

mod api;
mod case;
mod cases;
mod claims;
mod drive;
mod faults;
mod fixture;
mod limits;
mod model;
mod network;
mod opened;
mod property;
pub mod rules;
mod run;
mod scenarios;
mod seed;
mod subject;
mod testservers;
mod time;
mod violation;

pub mod guide {
    #![doc = include_str!("../docs/write-a-backend.md")]
}

pub use claims::Claims;
pub use faults::{Fault, Faulty, Schedule};
pub use fixture::{Fixture, OpenError};
pub use model::{ModelClock, ModelFixture, ModelStore};
pub use network::{Condition, Network};
pub use opened::Opened;
pub use rules::Rule;
pub use run::{Finding, Outcome, Suites, examine, main};
