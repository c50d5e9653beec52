use zeroize::Zeroizing;

use super::{Algorithm, Entropy, EntropyError, Family, ParseIdError, SessionId, StoreKey, base64};

/// The value of the session cookie: the secret, and the family if it does not follow from the secret.
///
/// Written `<secret>` for an anonymous session that has never rotated and `<family>.<secret>` for every other.
/// Only these two spellings are read; a family that follows from the secret must not be written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieId {
    secret: SessionId,
    key: StoreKey,
}

impl CookieId {
    const FAMILY_CHARACTERS: usize = 22;

    /// The longest cookie value of any algorithm, in characters.
    pub const MAX_CHARACTERS: usize = Self::FAMILY_CHARACTERS + 1 + Algorithm::Sha512.characters();

    /// Generates an id in the family; `None` makes a family of its own.
    ///
    /// # Errors
    /// [`EntropyError`] if the source of entropy fails.
    pub fn generate(
        algorithm: Algorithm,
        family: Option<Family>,
        entropy: &dyn Entropy,
    ) -> Result<Self, EntropyError> {
        let secret = SessionId::generate(algorithm, entropy)?;
        let digest = secret.digest();
        let family = family.unwrap_or_else(|| Family::anonymous(&digest));
        Ok(Self { secret, key: StoreKey { family, digest } })
    }

    /// Reads a cookie value strictly, whatever algorithm made its id.
    ///
    /// # Errors
    /// [`ParseIdError`] for anything that [`expose`](Self::expose) could not have produced.
    pub fn parse(text: &[u8]) -> Result<Self, ParseIdError> {
        let (family, secret) = match text.split_at_checked(Self::FAMILY_CHARACTERS) {
            Some((family, [b'.', secret @ ..])) => (Some(parse_family(family)?), secret),
            _ => (None, text),
        };
        let secret = SessionId::parse(secret)?;
        let digest = secret.digest();
        let own = Family::anonymous(&digest);
        match family {
            Some(family) if family == own => Err(ParseIdError::Spelling),
            family => Ok(Self { secret, key: StoreKey { family: family.unwrap_or(own), digest } }),
        }
    }

    /// Returns the value, for the cookie and nothing else; it is wiped when dropped.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.characters()));
        self.write_to(&mut text);
        text
    }

    /// The length of the value in characters.
    pub(crate) fn characters(&self) -> usize {
        let family = if self.founds_family() { 0 } else { Self::FAMILY_CHARACTERS + 1 };
        family + base64::letters(self.secret.as_bytes().len())
    }

    /// Appends the value to a text with enough capacity, so that no copy stays in memory.
    pub(crate) fn write_to(&self, text: &mut String) {
        if !self.founds_family() {
            base64::encode(self.key.family.as_bytes(), text);
            text.push('.');
        }
        self.secret.write_to(text);
    }

    /// Whether the family follows from the secret.
    fn founds_family(&self) -> bool {
        self.key.family == Family::anonymous(&self.key.digest)
    }

    /// Returns the key under which a store knows the session.
    #[must_use]
    pub const fn key(&self) -> &StoreKey {
        &self.key
    }
}

fn parse_family(text: &[u8]) -> Result<Family, ParseIdError> {
    let mut bytes = [0; 16];
    base64::decode(text, &mut bytes).ok_or(ParseIdError::Spelling)?;
    Ok(Family::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64UrlUnpadded, Encoding as _};

    use super::super::Generator;
    use super::*;

    #[test]
    fn the_family_is_written_only_where_it_does_not_follow() {
        let first = CookieId::generate(Algorithm::Sha256, None, &Generator).unwrap();
        assert_eq!(first.expose().len(), 43);
        let rotated = CookieId::generate(Algorithm::Sha256, Some(first.key().family), &Generator).unwrap();
        assert_eq!(rotated.expose().len(), 66);
        for id in [first, rotated] {
            assert_eq!(CookieId::parse(id.expose().as_bytes()).unwrap(), id);
        }
    }

    #[test]
    fn a_family_that_follows_from_the_secret_is_a_second_spelling() {
        let id = CookieId::generate(Algorithm::Sha256, None, &Generator).unwrap();
        let family = Base64UrlUnpadded::encode_string(id.key().family.as_bytes());
        let long = format!("{family}.{}", id.expose().as_str());
        assert_eq!(CookieId::parse(long.as_bytes()), Err(ParseIdError::Spelling));
    }
}
