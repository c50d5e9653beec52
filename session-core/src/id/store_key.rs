use super::{Digest, Family};

/// The part of a session id that a store sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[expect(clippy::exhaustive_structs, reason = "stores build keys")]
pub struct StoreKey {
    /// The group of the session; in Redis the hash tag, in MySQL the front of the primary key.
    pub family: Family,
    /// The digest of the id.
    pub digest: Digest,
}

impl StoreKey {
    /// Returns whether the session has an owner. Only such a session is listed, capped and revoked with its family.
    #[must_use]
    pub const fn is_owned(&self) -> bool {
        self.family.is_owned()
    }
}
