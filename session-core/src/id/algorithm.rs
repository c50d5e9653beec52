use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};

/// What turns the bytes of the generator into a session id, and thereby the id's length.
///
/// A hash makes an id no harder to guess, because the bytes are unguessable already. It is for those whose rules ask for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Algorithm {
    /// The bytes as they are: 64 bytes, 86 characters.
    #[default]
    Random,
    /// SHA-512: 64 bytes, 86 characters.
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
            Self::Random | Self::Sha512 => 64,
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

    /// Makes the id of random bytes, of which there are as many as the id has.
    pub(crate) fn apply(self, id: &mut [u8]) {
        match self {
            Self::Random => {}
            Self::Sha512 => replace(id, &Sha512::digest(&*id)),
            Self::Sha256 => replace(id, &Sha256::digest(&*id)),
            Self::Blake3 => replace(id, blake3::hash(id).as_bytes()),
        }
    }
}

fn replace(id: &mut [u8], hash: &[u8]) {
    for (to, from) in id.iter_mut().zip(hash) {
        *to = *from;
    }
}
