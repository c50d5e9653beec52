#![doc = include_str!("../README.md")]

#[cfg(any(feature = "aio", feature = "blocking"))]
mod acl;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod address;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod attempts;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod builder;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod directory;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod failure;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod greeting;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod keys;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod location;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod login;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod operation;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod reply;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod request;
#[cfg(any(feature = "aio", fuzzing))]
mod resp;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod script;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod settings;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod slots;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod topology;
#[cfg(any(feature = "blocking", fuzzing))]
mod value;

#[cfg(fuzzing)]
#[cfg(any(feature = "aio", feature = "blocking"))]
#[doc(hidden)]
#[allow(clippy::missing_errors_doc, reason = "for the fuzz targets alone")]
pub mod fuzzing;
#[cfg(test)]
#[cfg(any(feature = "aio", feature = "blocking"))]
mod golden_replies;
#[cfg(test)]
#[cfg(any(feature = "aio", feature = "blocking"))]
mod golden_requests;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "aio")]
mod nonblocking;

#[cfg(any(feature = "aio", feature = "blocking"))]
pub use acl::acl_rules;
#[cfg(any(feature = "aio", feature = "blocking"))]
pub use builder::{BuildError, Builder};
#[cfg(feature = "aio")]
pub use nonblocking::RedisStore;
