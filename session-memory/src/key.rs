use session_core::id::{Digest, Family, StoreKey};

/// A [`StoreKey`] whose comparison takes variable time: a digest is not a secret, and constant time would cost more than
/// the rest of a lookup.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    family: [u8; 16],
    digest: [u8; 32],
}

/// A part of the digest. Keys are inserted only for ids from our CSPRNG, so their digests are uniformly random, and an attacker
/// cannot choose keys that collide.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyHash(u32);

impl Key {
    pub(crate) const fn new(family: &Family, digest: &Digest) -> Self {
        Self { family: *family.as_bytes(), digest: *digest.as_bytes() }
    }

    pub(crate) const fn family(&self) -> Family {
        Family::from_bytes(self.family)
    }

    pub(crate) const fn digest(&self) -> Digest {
        Digest::from_bytes(self.digest)
    }

    pub(crate) const fn hash(&self) -> KeyHash {
        // Not the first bytes of the digest: an anonymous family repeats them, and the family selects the shard.
        let [.., a, b, c, d] = self.digest;
        KeyHash(u32::from_ne_bytes([a, b, c, d]))
    }
}

impl From<&StoreKey> for Key {
    fn from(key: &StoreKey) -> Self {
        Self::new(&key.family, &key.digest)
    }
}

impl KeyHash {
    /// Returns it for a table, which looks at the lower bits and at the upper ones.
    pub(crate) const fn wide(self) -> u64 {
        let half = self.0 as u64;
        half << 32 | half
    }
}
