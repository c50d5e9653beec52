#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

#[cfg(not(any(feature = "tokio", feature = "blocking")))]
compile_error!("session-sqlite needs the feature `tokio` or `blocking`");

mod builder;
mod database;
mod engine;
mod error;
mod failure;
mod operations;
mod options;
mod synchronous;
mod url;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "blocking")]
pub mod maintenance;
#[cfg(feature = "tokio")]
mod nonblocking;

pub use builder::Builder;
pub use error::BuildError;
#[cfg(feature = "tokio")]
pub use nonblocking::SqliteStore;
pub use synchronous::Synchronous;
