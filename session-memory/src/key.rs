use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hash, Hasher},
};

use session_core::id::{Digest, Family, StoreKey};

/// A [`StoreKey`] whose comparison takes variable time: a digest is not a secret, and constant time would cost more than
/// the rest of a lookup.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    family: [u8; 16],
    digest: [u8; 32],
}

/// A map by [`Key`].
pub(crate) type KeyMap<V> = HashMap<Key, V, BuildHasherDefault<DigestHasher>>;

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
}

impl From<&StoreKey> for Key {
    fn from(key: &StoreKey) -> Self {
        Self::new(&key.family, &key.digest)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Not the first bytes of the digest: an anonymous family repeats them, and the family selects the shard.
        let [.., a, b, c, d, e, f, g, h] = self.digest;
        state.write_u64(u64::from_ne_bytes([a, b, c, d, e, f, g, h]));
    }
}

/// Uses a part of the digest as the hash. Keys are inserted only for ids from our CSPRNG, so their digests are uniformly
/// random, and an attacker cannot choose keys that collide.
#[derive(Default)]
pub(crate) struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn write_u64(&mut self, part_of_digest: u64) {
        self.0 = part_of_digest;
    }

    fn write(&mut self, bytes: &[u8]) {
        // A key hashes one u64. This keeps the hasher correct for any other type.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
