/// Stored bytes are not a record this version can read. They are left as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The record was written in a format this version does not know.
    #[error("the stored record has format {found}; this version reads format 2")]
    Format {
        /// The format byte found.
        found: u8,
    },
    /// The values were written with a codec this version does not know.
    #[error("the stored record has value codec {found}, which this version does not know")]
    Codec {
        /// The codec byte found.
        found: u8,
    },
    /// The record is larger than the limits allow.
    #[error("the stored record has {size} bytes; the limit is {limit}")]
    TooLarge {
        /// The size found, in bytes.
        size: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The bytes are damaged.
    #[error("the stored record is damaged: {reason}")]
    Damaged {
        /// What is wrong with them.
        reason: &'static str,
    },
}

pub(super) const fn damaged(reason: &'static str) -> RecordError {
    RecordError::Damaged { reason }
}

/// A value could not be put into the session or read from it. The session is unchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// The value cannot be encoded.
    #[error("the value for session key {key:?} cannot be encoded")]
    Encode {
        /// The key.
        key: String,
        /// What the codec said. It may quote the value, so it is not part of the message.
        reason: String,
    },
    /// The value is not of the type asked for.
    #[error("the value under session key {key:?} is not a {expected}")]
    Decode {
        /// The key.
        key: String,
        /// The type asked for.
        expected: &'static str,
        /// What the codec said. It may quote the value, so it is not part of the message.
        reason: String,
    },
    /// The key belongs to the library.
    #[error("the session key {key:?} is reserved")]
    Reserved {
        /// The key.
        key: String,
    },
    /// The key is empty or too long.
    #[error("a session key has 1 to {limit} bytes, not {found}")]
    Key {
        /// The limit, in bytes.
        limit: usize,
        /// The length of the key, in bytes.
        found: usize,
    },
    /// The session has as many keys as it may have.
    #[error("a session has at most {limit} keys")]
    TooManyKeys {
        /// The limit.
        limit: usize,
    },
    /// The session would be larger than it may be.
    #[error("the session would have {size} bytes; the limit is {limit}")]
    TooLarge {
        /// The size it would have, in bytes.
        size: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The owner's name is empty or too long.
    #[error("an owner's name has 1 to {limit} bytes, not {found}")]
    Owner {
        /// The limit, in bytes.
        limit: usize,
        /// The length of the name, in bytes.
        found: usize,
    },
    /// A lifetime is shorter or longer than one may be.
    #[error("a lifetime is at least 1 second and at most 36,500 days")]
    Lifetime,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The session was destroyed by this request and takes no more changes.
    #[error("the session was destroyed by this request")]
    Destroyed,
    /// No token of that name has that value, or it is used up or expired.
    #[error("the token is not valid or was used already")]
    TokenSpent,
    /// A value from the source of entropy was needed and the source failed.
    #[error(transparent)]
    Entropy(#[from] crate::id::EntropyError),
}
