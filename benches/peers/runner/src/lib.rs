//! What the measurement (`runner`) and the probes (`probes`) share: the contenders, their databases, a client.
#![allow(clippy::unwrap_used, reason = "a tool of the developer: whatever goes wrong ends it")]

mod browser;
mod contender;
mod database;
mod programs;
mod site;
mod sqlite_file;

pub use browser::{ACCEPT_LANGUAGE, Answer, Browser, USER_AGENT};
pub use contender::{CONTENDERS, Contender, Kind};
pub use database::Database;
pub use programs::{build, machine, processor_time, processor_time_of_all, versions};
pub use site::Site;
