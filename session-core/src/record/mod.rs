//! The bytes that a store keeps: the record and its format.
//!
//! ```text
//! [format u8][value codec u8][CRC-32 of all else, u32 little endian][bincode(envelope)]
//! ```
//!
//! The envelope is decoded once per request. The values in it stay encoded until their key is read.

mod body;
mod entries;
mod envelope;
mod error;
mod lineage;
mod live;
mod piece;
mod reader;
#[cfg(test)]
mod tests;

pub(crate) use entries::Entries;
use entries::Entry;
pub use error::RecordError;
pub(crate) use lineage::Lineage;
pub use live::Live;
pub(crate) use piece::Piece;

use bytes::Bytes;

use crate::{Timestamp, config::Limits, id::Digest};

/// The number of reserved keys that a record may have beside those of the application: fingerprint, tokens, flash messages.
const RESERVED_KEYS: usize = 3;

/// One decoded record.
#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every record is live; a box would cost each request an allocation"
)]
#[non_exhaustive]
pub enum Record {
    /// A session.
    Live(Live),
    /// The tombstone of a rotation by age: the session moved within its family, and for a while requests with the old id
    /// still reach it.
    Moved {
        /// The digest of the session's new id.
        to: Digest,
        /// Until when the old id still opens the session. A later use of it is a sign of theft.
        grace_until: Timestamp,
    },
    /// The tombstone of a change of rights, such as a sign-in: the old id does not open anything any more.
    Superseded,
}

impl Record {
    /// Reads the bytes of a record.
    ///
    /// # Errors
    /// [`RecordError`] for anything that [`encode`](Self::encode) does not produce, within the limits. Decoding never
    /// allocates more than the size of the bytes.
    pub fn decode(data: &Bytes, limits: Limits) -> Result<Self, RecordError> {
        Self::decode_owned(data.clone(), limits)
    }

    /// Like [`decode`](Self::decode), but takes the bytes and saves a reference count.
    pub(crate) fn decode_owned(data: Bytes, limits: Limits) -> Result<Self, RecordError> {
        envelope::decode(data, limits)
    }

    /// The bytes of the record.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Live(live) => live.encode(),
            Self::Moved { to, grace_until } => envelope::encode_moved(to, *grace_until),
            Self::Superseded => envelope::encode_superseded(),
        }
    }
}
