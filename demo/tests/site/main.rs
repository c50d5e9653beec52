//! The whole site on axum, as a browser without JavaScript uses it. `actix.rs` has the same tests on actix-web.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

mod accounts;
mod carts;
mod devices;
mod forms;
#[path = "on_axum.rs"]
mod framework;
mod inspection;
mod orders;
mod visitor;
mod visits;
