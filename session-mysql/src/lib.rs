#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

#[cfg(not(any(feature = "tokio", feature = "blocking")))]
compile_error!("session-mysql needs the feature `tokio` or `blocking`");

mod batch;
mod builder;
mod encryption;
mod error;
mod executor;
mod limits;
mod options;
mod pool;
mod protocol;
mod retry;
mod schema;
mod servers;
mod sweeping;
mod url;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "blocking")]
pub mod maintenance;
#[cfg(feature = "tokio")]
mod nonblocking;

#[cfg(all(any(fuzzing, test), feature = "blocking"))]
#[doc(hidden)]
#[allow(
    clippy::missing_errors_doc,
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "for the fuzz targets and a test alone"
)]
pub mod fuzzing;

pub use builder::Builder;
pub use error::BuildError;
#[cfg(feature = "tokio")]
pub use nonblocking::MysqlStore;
pub use schema::Schema;
/// User and password, and the settings of TLS, of which a [`Builder`] takes values.
pub use session_net::{Credentials, tls};
