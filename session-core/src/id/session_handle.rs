use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::Digest;

/// The name of a session in logs and device lists: its digest, of which `Display` shows the first eight hexadecimal
/// digits.
///
/// It is not a secret: it opens nothing and is not enough to guess an id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionHandle(Digest);

impl SessionHandle {
    pub(super) const fn of(digest: Digest) -> Self {
        Self(digest)
    }

    /// Returns the whole digest.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.0
    }

    /// Returns all 64 hexadecimal digits, for a form or an API that names a session to be ended. Serde reads and writes
    /// the same text.
    ///
    /// ```
    /// use alo_session::id::{Digest, SessionHandle};
    ///
    /// let handle = Digest::from_bytes([0x5a; 32]).handle();
    /// assert_eq!(handle.to_string(), "5a5a5a5a");
    /// assert_eq!(handle.to_hex().parse(), Ok(handle));
    /// assert!("5a5a5a5a".parse::<SessionHandle>().is_err());
    /// ```
    #[must_use]
    pub fn to_hex(&self) -> String {
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16);
        self.0.as_bytes().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
    }
}

impl fmt::Display for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = *self.0.as_bytes();
        write!(f, "{:08x}", u32::from_be_bytes([a, b, c, d]))
    }
}

impl FromStr for SessionHandle {
    type Err = ParseHandleError;

    /// Reads the text that [`to_hex`](Self::to_hex) writes.
    fn from_str(text: &str) -> Result<Self, ParseHandleError> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
            return Err(ParseHandleError);
        };
        let mut bytes = [0; 32];
        if pairs.len() != bytes.len() {
            return Err(ParseHandleError);
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = nibble(*high)? << 4 | nibble(*low)?;
        }
        Ok(Self(Digest::from_bytes(bytes)))
    }
}

const fn nibble(digit: u8) -> Result<u8, ParseHandleError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(ParseHandleError),
    }
}

/// The text is not the handle of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a session handle must have 64 hexadecimal digits in lower case: `to_hex` writes them, `Display` only the first eight"
)]
#[non_exhaustive]
pub struct ParseHandleError;

impl Serialize for SessionHandle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for SessionHandle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl fmt::Debug for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
