use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use super::{Algorithm, CookieId, Digest, Entropy, EntropyError, base64};

/// The secret in the cookie, which opens a session.
///
/// It is compared in constant time, wiped when dropped, has no `Display`, and its `Debug` shows nothing.
///
/// ```
/// use alo_session::id::{Algorithm, Generator, SessionId};
///
/// let id = SessionId::generate(Algorithm::Sha512, &Generator)?;
/// let text = id.expose();
/// assert_eq!(text.len(), 86);
/// assert_eq!(SessionId::parse(text.as_bytes()), Ok(id));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SessionId {
    bytes: [u8; Algorithm::MAX_BYTES],
    length: usize,
}

/// Why a text is not a session id. The error never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseIdError {
    /// The length of the text is not that of an id of any algorithm.
    #[error("a session id must have 43 or 86 characters, not {found}")]
    Length {
        /// The length of the text.
        found: usize,
    },
    /// The text is not the canonical URL-safe base64 of its bytes.
    #[error("a session id must be canonical URL-safe base64 without padding")]
    Spelling,
}

impl SessionId {
    /// Generates an id: what the algorithm makes of as many random bytes as the id has.
    ///
    /// # Errors
    /// [`EntropyError`] if the source fails; it never makes a weak id instead.
    pub fn generate(algorithm: Algorithm, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut id = Self { bytes: [0; Algorithm::MAX_BYTES], length: algorithm.bytes() };
        let bytes = id.bytes.get_mut(..id.length).unwrap_or_default();
        entropy.fill(bytes)?;
        algorithm.apply(bytes);
        Ok(id)
    }

    /// Reads an id of any algorithm strictly: exact length, URL-safe alphabet, canonical form. A store knows an id by its
    /// digest, whatever has made it.
    ///
    /// # Errors
    /// [`ParseIdError`] for anything that [`expose`](Self::expose) could not have produced.
    pub fn parse(text: &[u8]) -> Result<Self, ParseIdError> {
        let length = Algorithm::bytes_of(text.len()).ok_or(ParseIdError::Length { found: text.len() })?;
        let mut id = Self { bytes: [0; Algorithm::MAX_BYTES], length };
        let bytes = id.bytes.get_mut(..length).unwrap_or_default();
        base64::decode(text, bytes).ok_or(ParseIdError::Spelling)?;
        Ok(id)
    }

    /// Returns the id as text, for the cookie and nothing else; it is wiped when dropped.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(CookieId::MAX_CHARACTERS));
        self.write_to(&mut text);
        text
    }

    /// Appends the id to a text with enough capacity, so that no copy stays in memory.
    pub(super) fn write_to(&self, text: &mut String) {
        base64::encode(self.as_bytes(), text);
    }

    /// Returns the SHA-256 of the id, by which a store knows it, so that a stolen store opens no session.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::from_bytes(Sha256::digest(self.as_bytes()).into())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl PartialEq for SessionId {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length && bool::from(self.bytes.ct_eq(&other.bytes))
    }
}

impl Eq for SessionId {}

impl Drop for SessionId {
    fn drop(&mut self) {
        // As a slice, because of an array each byte would be wiped by itself.
        self.bytes.as_mut_slice().zeroize();
    }
}

impl ZeroizeOnDrop for SessionId {}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Generator;
    use super::*;

    const ALL: [Algorithm; 4] = [Algorithm::Random, Algorithm::Sha512, Algorithm::Sha256, Algorithm::Blake3];

    #[test]
    fn every_algorithm_round_trips() {
        for algorithm in ALL {
            let id = SessionId::generate(algorithm, &Generator).unwrap();
            let text = id.expose();
            assert_eq!(text.len(), algorithm.characters());
            assert_eq!(SessionId::parse(text.as_bytes()).unwrap(), id);
        }
    }

    #[test]
    fn no_algorithm_makes_two_alike_and_only_the_default_takes_the_bytes_as_they_are() {
        struct Fixed;
        impl Entropy for Fixed {
            fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
                out.fill(7);
                Ok(())
            }
        }
        for algorithm in ALL {
            let made = || SessionId::generate(algorithm, &Generator).unwrap();
            assert_ne!(made(), made());
            let fixed = SessionId::generate(algorithm, &Fixed).unwrap();
            let is_raw = fixed.as_bytes().iter().all(|byte| *byte == 7);
            assert_eq!(is_raw, algorithm == Algorithm::default(), "{algorithm:?}");
        }
    }

    #[test]
    fn a_second_spelling_of_the_same_bytes_is_refused() {
        for algorithm in ALL {
            let text = SessionId::generate(algorithm, &Generator).unwrap().expose().to_string();
            let (head, last) = text.split_at(text.len() - 1);
            let twins = (b'A'..=b'z').filter(|c| c.is_ascii_alphanumeric() && *c != last.as_bytes()[0]);
            let decodes = twins
                .filter_map(|c| SessionId::parse(format!("{head}{}", c as char).as_bytes()).ok())
                .filter(|twin| Some(twin) == SessionId::parse(text.as_bytes()).ok().as_ref());
            assert_eq!(decodes.count(), 0);
        }
    }

    #[test]
    fn wrong_lengths_and_alphabets_are_refused() {
        let good = SessionId::generate(Algorithm::Sha256, &Generator).unwrap().expose().to_string();
        for bad in
            ["", "A", &good[1..], &format!("{good}A"), &format!("{good}="), &good.replace(&good[..1], "+")]
        {
            assert!(SessionId::parse(bad.as_bytes()).is_err(), "{} characters", bad.len());
        }
        assert_eq!(SessionId::parse(&[0xff; 43]), Err(ParseIdError::Spelling));
    }

    #[test]
    fn debug_shows_nothing() {
        let id = SessionId::generate(Algorithm::Sha256, &Generator).unwrap();
        assert_eq!(format!("{id:?}"), "SessionId(redacted)");
    }
}
