use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};

/// The hash that turns random bytes into a session id, and thereby the id's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Algorithm {
    /// SHA-512: 64 bytes, 86 characters.
    #[default]
    Sha512,
    /// SHA-256: 32 bytes, 43 characters.
    Sha256,
    /// BLAKE3: 32 bytes, 43 characters.
    Blake3,
}

impl Algorithm {
    /// The longest id of any algorithm, in bytes.
    pub(crate) const MAX_BYTES: usize = 64;

    /// Returns the length of an id of this algorithm in bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Sha512 => 64,
            Self::Sha256 | Self::Blake3 => 32,
        }
    }

    /// Returns the length of an id of this algorithm in a cookie, in characters.
    #[must_use]
    pub const fn characters(self) -> usize {
        (self.bytes() * 4).div_ceil(3)
    }

    /// The length in bytes of an id with this many characters, if an algorithm makes such ids.
    pub(crate) fn bytes_of(characters: usize) -> Option<usize> {
        let lengths = [Self::Sha512, Self::Sha256].into_iter();
        lengths.filter(|algorithm| algorithm.characters() == characters).map(Self::bytes).next()
    }

    /// Hashes `seed` into the front of `out`; its first [`bytes`](Self::bytes) bytes are the id.
    pub(crate) fn hash(self, seed: &[u8], out: &mut [u8; Self::MAX_BYTES]) {
        match self {
            Self::Sha512 => out.copy_from_slice(&Sha512::digest(seed)),
            Self::Sha256 => copy_front(out, &Sha256::digest(seed)),
            Self::Blake3 => copy_front(out, blake3::hash(seed).as_bytes()),
        }
    }
}

fn copy_front(out: &mut [u8], bytes: &[u8]) {
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
}
