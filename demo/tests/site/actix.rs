//! The whole site on actix-web: the same tests as on axum.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test may fail")]

mod accounts;
mod carts;
mod devices;
mod forms;
#[path = "on_actix.rs"]
mod framework;
mod inspection;
mod orders;
mod visitor;
mod visits;
