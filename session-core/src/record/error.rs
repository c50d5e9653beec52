/// The stored bytes cannot be read as a record. They are left as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The record was written in a format that this version does not know.
    #[error("the stored record has format {found}; this version reads format 2")]
    Format {
        /// The format byte of the record.
        found: u8,
    },
    /// The values were written with a codec that this version does not know.
    #[error("the stored record has value codec {found}, which this version does not know")]
    Codec {
        /// The codec byte of the record.
        found: u8,
    },
    /// The bytes are damaged.
    #[error("the stored record is damaged: {reason}")]
    Damaged {
        /// The kind of damage.
        reason: &'static str,
    },
}

pub(super) const fn damaged(reason: &'static str) -> RecordError {
    RecordError::Damaged { reason }
}
