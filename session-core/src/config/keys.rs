use zeroize::Zeroizing;

use crate::id::Family;

/// The keys of one secret. Deriving them costs more than using them, so it is done once.
#[derive(PartialEq, Eq)]
pub(super) struct Keys {
    family: Zeroizing<[u8; 32]>,
    pub(super) fingerprint: Zeroizing<[u8; 32]>,
    /// Makes the form tokens of visitors without a stored session.
    pub(super) visitor: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// The keys of an application without a secret are those of the empty one.
    pub(super) fn of(secret: &[u8]) -> Self {
        Self {
            family: Zeroizing::new(Family::key_of(secret)),
            fingerprint: Zeroizing::new(blake3::derive_key("alo-session 2026 request fingerprint", secret)),
            visitor: Zeroizing::new(blake3::derive_key("alo-session 2026 visitor token", secret)),
        }
    }

    pub(super) fn family_of(&self, owner: &str) -> Family {
        Family::keyed(owner, &self.family)
    }
}
