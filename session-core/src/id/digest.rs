use std::fmt;

use subtle::ConstantTimeEq as _;

use super::SessionHandle;

/// The SHA-256 of a session id, by which a store knows a session. It opens nothing.
#[derive(Clone, Copy, Eq, PartialOrd, Ord, Default)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Makes the digest with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, as a store keeps them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the handle, which an application may show.
    #[must_use]
    pub const fn handle(&self) -> SessionHandle {
        SessionHandle::of(*self)
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::hash::Hash for Digest {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.handle())
    }
}
