//! Tests that are the same for each database of `session-sql`: the crate of a store says what its database is, and calls them.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::print_stdout,
    missing_debug_implementations,
    reason = "test code"
)]

pub mod certificates;
mod conformance;
pub mod credentials;
mod database;
pub mod faults;
pub mod fork;
pub mod load;
pub mod pair;
pub mod sizes;
pub mod statements;
mod tables;
pub mod texts;
pub mod together;
pub mod turn;
pub mod variant;

pub use conformance::Conformance;
pub use database::{Database, Server, start};
pub use tables::Apis;

/// Makes a test of each of these functions of a module of this crate, on a database.
#[macro_export]
macro_rules! tests {
    ($database:ty, $module:ident: $($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                $module::$name::<$database>();
            }
        )+
    };
}
