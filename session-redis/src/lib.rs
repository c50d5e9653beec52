#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "tokio", feature = "blocking")))]
compile_error!("session-redis needs the feature `tokio` or `blocking`");

mod acl;
mod builder;
mod error;
mod executor;
mod options;
mod process;
mod protocol;
mod retry;
mod routing;
mod servers;
mod url;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "blocking")]
pub mod maintenance;
#[cfg(feature = "tokio")]
mod nonblocking;

#[cfg(fuzzing)]
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, reason = "for the fuzz targets alone")]
pub mod fuzzing;
#[cfg(test)]
mod tests;

pub use acl::acl_rules;
pub use builder::Builder;
pub use error::BuildError;
#[cfg(feature = "tokio")]
pub use nonblocking::RedisStore;
/// User and password, and the settings of TLS, of which a [`Builder`] takes values.
pub use session_net::{Credentials, tls};
