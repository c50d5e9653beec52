use std::time::Duration;

use bytes::Bytes;

use super::Revision;

/// What a store holds under a key, at the moment it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The revision that the last writer chose.
    pub revision: Revision,
    /// How long the record lives from now on if nobody writes or touches it. Never zero: an expired record is
    /// absent ([`LOAD-1`](super::contract#load)).
    pub remaining: Duration,
    /// The bytes exactly as they were written.
    pub data: Bytes,
}
