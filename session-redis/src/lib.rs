#![doc = include_str!("../README.md")]

mod builder;
mod failure;
mod keys;
mod operation;
mod reply;
mod request;
mod script;
mod settings;
mod value;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "aio")]
mod nonblocking;

pub use builder::{BuildError, Builder};
#[cfg(feature = "aio")]
pub use nonblocking::RedisStore;
