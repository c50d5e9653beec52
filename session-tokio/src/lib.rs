#![doc = include_str!("../README.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod spawn_blocking;
mod timeout;

pub use spawn_blocking::SpawnBlocking;
pub use timeout::Timeout;

use session_core::store::{Applied, Operation};

/// Whether an operation without a result was applied.
const fn applied(operation: Operation) -> Applied {
    if operation.is_read() { Applied::No } else { Applied::Unknown }
}
