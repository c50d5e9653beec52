//! The store kept to its rules and bounds, with time that is moved instead of waited for.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod bounds;
mod common;
mod concurrency;
mod family;
mod rotate;
mod session;
mod sign_ins;
