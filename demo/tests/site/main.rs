//! The whole site over a real connection, as a browser without JavaScript uses it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

mod accounts;
mod browser;
mod carts;
mod devices;
mod forms;
mod inspection;
mod orders;
mod page;
mod server;
mod slow_store;
mod visits;
