//! What a store keeps as bytes: the record, its format, and the values in it.
//!
//! ```text
//! [format u8][value codec u8][CRC-32 of all else, u32 little endian][bincode(envelope)]
//! ```
//!
//! The envelope is decoded once per request; the values in it stay as bytes until somebody asks for their key.

mod body;
mod entries;
mod envelope;
mod error;
mod lineage;
mod live;
mod piece;
mod reader;
#[cfg(test)]
mod same_as_bincode;
mod value;

pub(crate) use entries::Entries;
use entries::Entry;
pub use error::{RecordError, ValueError};
pub(crate) use lineage::Lineage;
pub use live::Live;
pub(crate) use piece::Piece;
pub(crate) use value::{decode_value, encode_value, value_to_json};

use bytes::Bytes;

use crate::{Timestamp, config::Limits, id::Digest};

/// How many keys of the library a record may have beside the application's: fingerprint, tokens, flash messages.
const RESERVED_KEYS: usize = 3;

/// One decoded record.
#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every record is live; a box would cost each request an allocation"
)]
pub enum Record {
    /// A session.
    Live(Live),
    /// A tombstone of a rotation by age: the session moved within its family, and for a while requests with the
    /// old id still reach it.
    Moved {
        /// The digest of the id the session has now.
        to: Digest,
        /// Until when the old id still opens the session. Its use after that is a sign of theft.
        grace_until: Timestamp,
    },
    /// A tombstone of a rotation by rights (sign-in, sign-out): the id is dead, and says why.
    Superseded,
}

impl Record {
    /// Reads the bytes of a record.
    ///
    /// # Errors
    /// [`RecordError`] for anything that [`encode`](Self::encode) does not produce, within the limits. Nothing
    /// larger than the bytes themselves is ever allocated.
    pub fn decode(data: &Bytes, limits: Limits) -> Result<Self, RecordError> {
        Self::decode_owned(data.clone(), limits)
    }

    /// The same of bytes that nobody else needs, which costs no reference count.
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
