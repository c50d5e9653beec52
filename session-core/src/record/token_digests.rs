use std::fmt;

use subtle::{Choice, ConstantTimeEq as _};

const BYTES: usize = 16;
/// The most tokens that a tombstone remembers.
const MOST: usize = 8;

/// Hashes of the tokens that a session had: enough to recognise one, and nothing to make one from.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TokenDigests(Vec<u8>);

impl TokenDigests {
    /// Returns `None` for bytes that [`as_bytes`](Self::as_bytes) does not produce.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let fits = bytes.len().is_multiple_of(BYTES) && bytes.len() <= MOST * BYTES;
        fits.then(|| Self(bytes.to_vec()))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Adds a token, if there is room.
    pub(crate) fn add(&mut self, name: &str, value: &[u8; 32]) {
        if self.0.len() < MOST * BYTES {
            self.0.extend_from_slice(&digest(name, value));
        }
    }

    /// Whether the token is one of them. The time does not depend on where they differ.
    pub(crate) fn contains(&self, name: &str, value: &[u8; 32]) -> bool {
        let wanted = digest(name, value);
        let same = |digest: &[u8; BYTES]| digest.ct_eq(&wanted);
        let (digests, _) = self.0.as_chunks();
        digests.iter().fold(Choice::from(0), |found, digest| found | same(digest)).into()
    }
}

fn digest(name: &str, value: &[u8; 32]) -> [u8; BYTES] {
    let mut out = [0; BYTES];
    blake3::Hasher::new().update(value).update(name.as_bytes()).finalize_xof().fill(&mut out);
    out
}

impl fmt::Debug for TokenDigests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenDigests({})", self.0.len() / BYTES)
    }
}
