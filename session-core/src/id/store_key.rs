use super::{Digest, Family};

/// All that a store ever sees of a session id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct StoreKey {
    /// The sessions this one belongs to; in Redis the hash tag, in MySQL the front of the primary key.
    pub family: Family,
    /// The digest of the id.
    pub digest: Digest,
}

impl StoreKey {
    /// Whether the session has an owner, and so is listed, capped and revoked with its family.
    #[must_use]
    pub const fn is_owned(&self) -> bool {
        self.family.is_owned()
    }
}
