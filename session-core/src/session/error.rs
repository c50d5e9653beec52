use std::fmt;

use crate::id::EntropyError;

/// A value could not be put into the session or read from it. The session is unchanged.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// The value cannot be encoded.
    #[error("the value of session key {key:?} cannot be encoded")]
    Encode {
        /// The key.
        key: String,
        /// The error of the codec. It may quote the value, so neither the message nor `Debug` shows it.
        reason: String,
    },
    /// The value does not have the requested type.
    #[error("the value of session key {key:?} is not a {expected}")]
    Decode {
        /// The key.
        key: String,
        /// The requested type.
        expected: &'static str,
        /// The error of the codec. It may quote the value, so neither the message nor `Debug` shows it.
        reason: String,
    },
    /// The closure of a [`try_update`](crate::OpenSession::try_update) accepted the value at first, and refused the one that
    /// another request saved meanwhile.
    #[error("the change of session key {key:?} is not possible on what another request wrote")]
    Refused {
        /// The key.
        key: String,
    },
    /// The key belongs to the library.
    #[error("the session key {key:?} is reserved")]
    Reserved {
        /// The key.
        key: String,
    },
    /// The key is empty or too long.
    #[error("a session key must have 1 to {limit} bytes, not {found}")]
    Key {
        /// The limit in bytes.
        limit: usize,
        /// The length of the key in bytes.
        found: usize,
    },
    /// The session would have more keys than allowed.
    #[error("a session must not have more than {limit} keys")]
    TooManyKeys {
        /// The most keys that a session may have.
        limit: usize,
    },
    /// The session would be larger than allowed.
    #[error("the session would have {size} bytes; the limit is {limit}")]
    TooLarge {
        /// The size that the session would have, in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The name of the owner is empty or too long.
    #[error("the name of an owner must have 1 to {limit} bytes, not {found}")]
    Owner {
        /// The limit in bytes.
        limit: usize,
        /// The length of the name in bytes.
        found: usize,
    },
    /// The name of the signed-in owner does not have the requested type.
    #[error("the name of the signed-in owner is not a {expected}")]
    OwnerType {
        /// The requested type.
        expected: &'static str,
    },
    /// The name of the device is too long.
    #[error("the label of a session must have at most {limit} bytes, not {found}")]
    Label {
        /// The limit in bytes.
        limit: usize,
        /// The length of the label in bytes.
        found: usize,
    },
    /// A lifetime is shorter than a second or longer than 36,500 days.
    #[error("a lifetime must be between 1 second and 36,500 days")]
    Lifetime,
    /// The session has no owner.
    #[error("no user is signed in")]
    NotSignedIn,
    /// This request destroyed the session, which cannot be changed any more.
    #[error("the session was destroyed by this request")]
    Destroyed,
    /// The session has no token with that name and value, or the token is used up or expired.
    #[error("the token is not valid or was already used")]
    TokenSpent,
    /// The source of entropy failed.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl ValueError {
    /// Whether another request has made one change of this one pointless. Only that change is then dropped.
    pub(crate) const fn drops_one_change(&self) -> bool {
        matches!(self, Self::TokenSpent | Self::Refused { .. })
    }
}

impl fmt::Debug for ValueError {
    /// Like the message, it does not show the error of a codec.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ValueError({self})")
    }
}
