#![doc = include_str!("../README.md")]
#![cfg_attr(
    not(any(feature = "aio", feature = "blocking")),
    allow(dead_code, unused_imports, reason = "without a face only the schema is left")
)]

mod builder;
#[cfg(all(any(fuzzing, test), feature = "blocking"))]
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, reason = "for the fuzz targets and a test alone")]
pub mod fuzzing;
mod options;
mod pool;
mod protocol;
mod retry;
mod schema;
mod servers;
mod sweeping;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "blocking")]
pub mod maintenance;
#[cfg(feature = "aio")]
mod nonblocking;

pub use builder::{BuildError, Builder};
#[cfg(feature = "aio")]
pub use nonblocking::MysqlStore;
pub use schema::Schema;
