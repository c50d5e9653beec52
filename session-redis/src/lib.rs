#![doc = include_str!("../README.md")]

#[cfg(any(feature = "aio", feature = "blocking"))]
mod builder;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod failure;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod keys;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod operation;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod reply;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod request;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod script;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod settings;
#[cfg(any(feature = "aio", feature = "blocking"))]
mod value;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "aio")]
mod nonblocking;

#[cfg(any(feature = "aio", feature = "blocking"))]
pub use builder::{BuildError, Builder};
#[cfg(feature = "aio")]
pub use nonblocking::RedisStore;
