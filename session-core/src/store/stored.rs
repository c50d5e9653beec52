use std::{fmt, time::Duration};

use bytes::Bytes;

use super::Revision;
use crate::length::Length;

/// A record of a store, at the moment of the answer.
#[derive(Clone, PartialEq, Eq)]
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

impl fmt::Debug for Stored {
    /// Shows the length of the bytes, which contain values and tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored")
            .field("revision", &self.revision)
            .field("remaining", &self.remaining)
            .field("data", &Length(self.data.len()))
            .finish()
    }
}
