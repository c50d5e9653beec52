use std::{fmt, ops::Deref};

use serde::{Deserialize, Deserializer, Serializer, de::Error as _};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The application's secret: wiped when dropped, compared in constant time, never shown.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl<T: Into<Vec<u8>>> From<T> for Secret {
    fn from(bytes: T) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }
}

impl Deref for Secret {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The error of serde would show what was given.
        let text = String::deserialize(deserializer);
        text.map(Self::from).map_err(|_| D::Error::custom("invalid type, expected a text"))
    }
}

/// Writes no secret, however many there are.
pub(super) fn withhold<S: Serializer>(_: &[Secret], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq([(); 0])
}

/// Reads a list of secrets. The error of serde would show what was given.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Secret>, D::Error> {
    Vec::deserialize(deserializer).map_err(|_| D::Error::custom("invalid type, expected texts"))
}
