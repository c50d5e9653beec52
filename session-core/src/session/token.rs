use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    Timestamp,
    id::{Entropy, EntropyError, base64},
};

/// A token as the session stores it: 32 random bytes, their expiry, and the bytes from before the last renewal, which
/// tell an old page from a forgery.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct Token {
    value: [u8; 32],
    expires: Option<u64>,
    previous: Option<[u8; 32]>,
}

/// What [`Tokens::check`](super::Tokens::check) finds out about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenVerdict {
    /// The text is the token.
    Good,
    /// The text was the token until the last sign-in, sign-out or other change of rights. It is as worthless as a wrong one.
    Superseded,
    /// The text can be a token, but there is none to compare with: the session has none with this name, or the browser sent
    /// no cookie for it.
    Missing,
    /// The text is not the token.
    Wrong,
}

impl Token {
    pub(super) fn generate(expires: Option<Timestamp>, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut token = Self { value: [0; 32], expires: expires.map(Timestamp::as_millis), previous: None };
        entropy.fill(&mut token.value)?;
        Ok(token)
    }

    pub(super) fn renewed(&self, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut token = Self::generate(self.expires.map(Timestamp::from_millis), entropy)?;
        token.previous = Some(self.value);
        Ok(token)
    }

    pub(super) const fn value(&self) -> &[u8; 32] {
        &self.value
    }

    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now.as_millis() < expires)
    }

    /// Whether the text is this token under any mask. The time does not depend on where they differ.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        self.compare(text) == TokenVerdict::Good
    }

    /// Compares with both values, whichever it is, so that the time tells nothing.
    pub(super) fn compare(&self, text: &[u8]) -> TokenVerdict {
        let Some(value) = TokenText::of_session(text) else {
            return TokenVerdict::Wrong;
        };
        let good = value.ct_eq(&self.value);
        let superseded =
            value.ct_eq(&self.previous.unwrap_or_default()) & Choice::from(u8::from(self.previous.is_some()));
        match (bool::from(good), bool::from(superseded)) {
            (true, _) => TokenVerdict::Good,
            (false, true) => TokenVerdict::Superseded,
            (false, false) => TokenVerdict::Wrong,
        }
    }

    pub(super) fn same(&self, other: &Self) -> bool {
        self.value.ct_eq(&other.value).into()
    }

    /// The token under a new random mask.
    pub(super) fn text(&self, entropy: &dyn Entropy) -> Result<TokenText, EntropyError> {
        TokenText::masked("", &self.value, entropy)
    }
}

/// Begins the text of a page for an owner.
const OWNERS: &str = "o";

/// A token as a page contains it: 86 or 87 characters that need no escaping. They differ each time, so that the compressed size of
/// a page does not reveal the token (BREACH).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TokenText(String);

impl TokenText {
    const BYTES: usize = 64;
    const CHARACTERS: usize = base64::letters(Self::BYTES);

    /// The value under a new random mask, so that no two pages contain the same bytes.
    pub(super) fn masked(
        prefix: &str,
        value: &[u8; 32],
        entropy: &dyn Entropy,
    ) -> Result<Self, EntropyError> {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        let (mask, masked) = bytes.split_at_mut(32);
        entropy.fill(mask)?;
        for ((out, mask), value) in masked.iter_mut().zip(mask).zip(value) {
            *out = *mask ^ value;
        }
        let mut text = String::with_capacity(prefix.len() + Self::CHARACTERS);
        text.push_str(prefix);
        base64::encode(&*bytes, &mut text);
        Ok(Self(text))
    }

    /// The value of a text without a prefix, or `None` if the text cannot be one.
    pub(super) fn unmasked(text: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        base64::decode(text, &mut *bytes)?;
        let (mask, masked) = bytes.split_at(32);
        let mut value = Zeroizing::new([0; 32]);
        for ((out, mask), masked) in value.iter_mut().zip(mask).zip(masked) {
            *out = mask ^ masked;
        }
        Some(value)
    }

    /// Returns the value in the text of a session, for an owner or for a visitor, or `None` if the text cannot be one.
    pub(super) fn of_session(text: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        Self::unmasked(
            text.strip_prefix(OWNERS.as_bytes()).filter(|_| text.len() > Self::CHARACTERS).unwrap_or(text),
        )
    }

    /// Returns the text for a page of an owner.
    pub(super) fn for_owner(&self) -> Self {
        Self(format!("{OWNERS}{}", self.0))
    }

    /// Returns whether the text says that its page was made for an owner who was signed in. Anybody can write such a text: it
    /// tells where to lead a request that is refused, and proves nothing.
    #[must_use]
    pub fn is_for_owner(text: &str) -> bool {
        text.starts_with(OWNERS) && text.len() > Self::CHARACTERS
    }

    /// The text for the form field or header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenText(redacted)")
    }
}
