#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod blocking_store;
mod budget;
mod build_error;
mod builder;
mod clock;
mod deadlines;
mod draft;
mod eviction;
mod expiry;
mod key;
mod manual_clock;
mod memory_store;
mod moment;
mod operations;
mod record;
mod records;
mod shard;
mod system_clock;

pub use build_error::BuildError;
pub use builder::Builder;
pub use clock::Clock;
pub use manual_clock::ManualClock;
pub use memory_store::MemoryStore;
pub use system_clock::SystemClock;
