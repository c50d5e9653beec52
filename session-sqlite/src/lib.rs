#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod database;
mod engine;
mod error;
mod failure;
pub mod maintenance;
mod operations;
mod options;
mod store;
mod synchronous;
mod url;

pub use builder::Builder;
pub use error::BuildError;
pub use store::SqliteStore;
pub use synchronous::Synchronous;
