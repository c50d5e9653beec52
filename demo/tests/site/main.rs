//! The whole site, as a browser without JavaScript uses it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

mod accounts;
mod carts;
mod devices;
mod forms;
mod inspection;
mod orders;
mod visitor;
mod visits;
