use std::fmt;

use super::Digest;

/// A group of sessions: 16 bytes, one bit of which says whether they belong to an owner.
///
/// An anonymous session has its own family, derived from the digest of its first id, and keeps it when it rotates. A
/// session with an owner has the owner's family, a keyed hash of the owner's name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Family([u8; 16]);

impl Family {
    const OWNED: u8 = 0x80;

    /// Makes the family with these bytes. The highest bit of the first byte says whether it is owned.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, as a store keeps them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Returns the family of an anonymous session that begins with this digest.
    #[must_use]
    pub fn anonymous(digest: &Digest) -> Self {
        let mut bytes = half(digest.as_bytes());
        bytes[0] &= !Self::OWNED;
        Self(bytes)
    }

    /// Returns the family of an owner: a BLAKE3 hash of the name, keyed with the application's secret if there is one, so
    /// that the keys of a store do not show who is signed in. The record itself has the owner's name.
    #[must_use]
    pub fn of_owner(owner: &str, secret: Option<&[u8]>) -> Self {
        Self::keyed(owner, &Self::key_of(secret.unwrap_or_default()))
    }

    /// The key that is derived from a secret.
    pub(crate) fn key_of(secret: &[u8]) -> [u8; 32] {
        blake3::derive_key("alo-session 2026 owner family", secret)
    }

    pub(crate) fn keyed(owner: &str, key: &[u8; 32]) -> Self {
        let mut bytes = half(blake3::keyed_hash(key, owner.as_bytes()).as_bytes());
        bytes[0] |= Self::OWNED;
        Self(bytes)
    }

    /// Returns whether the family belongs to an owner. Only such a family is listed, capped and revoked.
    #[must_use]
    pub const fn is_owned(&self) -> bool {
        self.0[0] & Self::OWNED != 0
    }
}

const fn half(bytes: &[u8; 32]) -> [u8; 16] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = *bytes;
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

impl fmt::Debug for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        let kind = if self.is_owned() { "owned" } else { "anonymous" };
        write!(f, "Family({kind} {:08x})", u32::from_be_bytes([a, b, c, d]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_tells_the_two_kinds_apart() {
        for byte in 0..=255 {
            let digest = Digest::from_bytes([byte; 32]);
            assert!(!Family::anonymous(&digest).is_owned());
            assert!(Family::of_owner(&byte.to_string(), None).is_owned());
        }
    }

    #[test]
    fn the_secret_separates_owners_of_two_applications() {
        let one = Family::of_owner("user-42", Some(b"one"));
        assert_eq!(one, Family::of_owner("user-42", Some(b"one")));
        assert_ne!(one, Family::of_owner("user-42", Some(b"two")));
        assert_ne!(one, Family::of_owner("user-42", None));
        assert_ne!(one, Family::of_owner("user-43", Some(b"one")));
    }
}
