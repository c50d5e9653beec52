use zeroize::Zeroizing;

use crate::id::Family;

/// The keys of one secret. Deriving them costs more than using them, so it is done once.
#[derive(PartialEq, Eq)]
pub(super) struct Keys {
    family: Zeroizing<[u8; 32]>,
    /// `None` without a secret, because a key that everybody can derive hides nothing.
    pub(super) fingerprint: Option<Zeroizing<[u8; 32]>>,
    /// Makes the form tokens of visitors without a stored session.
    pub(super) visitor: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// The other keys of an application without a secret are those of the empty one.
    pub(super) fn of(secret: &[u8]) -> Self {
        let fingerprint = || blake3::derive_key("alo-session 2026 request fingerprint", secret);
        Self {
            family: Zeroizing::new(Family::key_of(secret)),
            fingerprint: (!secret.is_empty()).then(|| Zeroizing::new(fingerprint())),
            visitor: Zeroizing::new(blake3::derive_key("alo-session 2026 visitor token", secret)),
        }
    }

    pub(super) fn family_of(&self, owner: &str) -> Family {
        Family::keyed(owner, &self.family)
    }
}
