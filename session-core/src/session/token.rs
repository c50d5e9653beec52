use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    Timestamp,
    id::{Entropy, EntropyError, base64},
};

/// A token as the session stores it: 32 random bytes and their expiry.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct Token {
    value: [u8; 32],
    expires: Option<u64>,
}

impl Token {
    pub(super) fn generate(expires: Option<Timestamp>, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut token = Self { value: [0; 32], expires: expires.map(Timestamp::as_millis) };
        entropy.fill(&mut token.value)?;
        Ok(token)
    }

    pub(super) fn renewed(&self, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        Self::generate(self.expires.map(Timestamp::from_millis), entropy)
    }

    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now.as_millis() < expires)
    }

    /// Whether the text is this token under any mask. The time does not depend on where they differ.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let mut bytes = [0; TokenText::BYTES];
        if base64::decode(text, &mut bytes).is_none() {
            return false;
        }
        let (mask, masked) = bytes.split_at(32);
        let value: Vec<u8> = mask.iter().zip(masked).map(|(a, b)| a ^ b).collect();
        value.ct_eq(&self.value).into()
    }

    pub(super) fn same(&self, other: &Self) -> bool {
        self.value.ct_eq(&other.value).into()
    }

    /// The token under a new random mask, so that no two pages contain the same bytes.
    pub(super) fn text(&self, entropy: &dyn Entropy) -> Result<TokenText, EntropyError> {
        let mut bytes = [0; TokenText::BYTES];
        let (mask, masked) = bytes.split_at_mut(32);
        entropy.fill(mask)?;
        for ((out, mask), value) in masked.iter_mut().zip(mask).zip(&self.value) {
            *out = *mask ^ value;
        }
        let mut text = String::with_capacity(TokenText::CHARACTERS);
        base64::encode(&bytes, &mut text);
        Ok(TokenText(text))
    }
}

/// A token as a page contains it: 86 characters that need no escaping. They differ each time, so that the compressed size of
/// a page does not reveal the token (BREACH).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TokenText(String);

impl TokenText {
    const BYTES: usize = 64;
    const CHARACTERS: usize = base64::letters(Self::BYTES);

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
