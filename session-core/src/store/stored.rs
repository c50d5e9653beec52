use std::time::Duration;

use bytes::Bytes;

use super::Revision;

/// A record of a store, at the moment of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores build it")]
pub struct Stored {
    /// The revision that the last writer chose.
    pub revision: Revision,
    /// The time until the record expires if it is neither written nor touched. Never zero: an expired record is
    /// absent ([`LOAD-1`](super::contract#load)).
    pub remaining: Duration,
    /// The bytes exactly as they were written.
    pub data: Bytes,
}
