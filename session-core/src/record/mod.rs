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
mod front;
mod lineage;
mod live;
mod notes;
mod piece;
mod piece_writer;
mod reader;
#[cfg(test)]
mod tests;
mod token_digests;
mod writer;

pub(crate) use entries::Entries;
use entries::Entry;
pub use error::RecordError;
use front::Front;
pub(crate) use lineage::Lineage;
pub use live::Live;
pub(crate) use notes::Notes;
pub(crate) use piece::Piece;
pub(crate) use piece_writer::PieceWriter;

pub use token_digests::TokenDigests;

use bytes::Bytes;

use crate::{
    Timestamp,
    id::{Digest, StoreKey},
    observe::EndedBy,
};

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
    Superseded {
        /// The key of the session that was made of this one.
        to: StoreKey,
        /// When that was.
        at: Timestamp,
        /// What the form tokens of this session were, so that the second half of a double click is known as such.
        tokens: TokenDigests,
    },
    /// The tombstone of a session that has ended.
    Ended {
        /// What ended it.
        by: EndedBy,
        /// When that was.
        at: Timestamp,
    },
}

impl Record {
    /// Reads the bytes of a record.
    ///
    /// # Errors
    /// [`RecordError`] for anything that [`encode`](Self::encode) does not produce. Decoding allocates only in proportion to
    /// the size of the bytes. The configured limits bind only what is written: otherwise a lower limit would lock out
    /// every session that is larger.
    pub fn decode(data: &Bytes) -> Result<Self, RecordError> {
        Self::decode_owned(data.clone())
    }

    /// Like [`decode`](Self::decode), but takes the bytes and saves a reference count.
    pub(crate) fn decode_owned(data: Bytes) -> Result<Self, RecordError> {
        envelope::decode(data)
    }

    /// The bytes of the record.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Live(live) => live.encode(),
            Self::Moved { to, grace_until } => envelope::encode_moved(to, *grace_until),
            Self::Superseded { to, at, tokens } => envelope::encode_superseded(to, *at, tokens),
            Self::Ended { by, at } => envelope::encode_ended(*by, *at),
        }
    }
}
