use std::fmt;

/// A value that a session cannot hold or does not have. It is a [`SessionError::Value`](crate::SessionError::Value). The session is
/// unchanged.
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
    /// The value is or has a number that is not finite, and the codec is JSON, which has no form for it.
    #[error(
        "the value of session key {key:?} has {found}, which JSON cannot hold: check the number with `is_finite` first, or take \
         another `codec`"
    )]
    NotFinite {
        /// The key.
        key: String,
        /// Which number it is: `NaN` or `an infinite number`.
        found: &'static str,
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
    /// The key belongs to the library.
    #[error("the session key {key:?} is reserved for the library: take another one")]
    Reserved {
        /// The key.
        key: String,
    },
    /// The key is empty or too long.
    #[error(
        "a session key, or the name of a token, must have 1 to {limit} bytes, not {found}: shorten it, or raise `limits.max_key_bytes`"
    )]
    Key {
        /// The limit in bytes.
        limit: usize,
        /// The length of the key in bytes.
        found: usize,
    },
    /// The session would have more keys than allowed.
    #[error(
        "a session must not have more than {limit} keys: put a map under one key, or raise `limits.max_keys`"
    )]
    TooManyKeys {
        /// The most keys that a session may have.
        limit: usize,
    },
    /// The session would be larger than allowed.
    #[error(
        "the session would have {size} bytes; the limit is {limit}, and most are under the key {largest:?}: keep that in a database and \
         its id in the session, or raise `limits.max_bytes`"
    )]
    TooLarge {
        /// The size that the session would have, in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
        /// The key with the largest value. It may be one of the library, such as that of the flash messages.
        largest: String,
    },
    /// The name of the owner is empty, blank or too long.
    #[error(
        "the name of an owner must have 1 to {limit} bytes, not only blanks, and has {found}: check what was typed before `login`, and \
         ask for the owner by `require_owner`"
    )]
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
    #[error("the label of a session must have at most {limit} bytes, not {found}: cut it")]
    Label {
        /// The limit in bytes.
        limit: usize,
        /// The length of the label in bytes.
        found: usize,
    },
    /// A lifetime is shorter than a second or longer than 36,500 days.
    #[error(
        "a lifetime must be between 1 second and 36,500 days: `destroy` and `logout` end a session at once"
    )]
    Lifetime,
}

impl fmt::Debug for ValueError {
    /// Like the message, it does not show the error of a codec.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ValueError({self})")
    }
}
