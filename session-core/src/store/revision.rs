use std::fmt;

/// The version of a stored record: 16 bytes that the *writer* chooses at random, like an `ETag`.
///
/// A store compares revisions for equality and never interprets or orders them. Because the writer chooses the next
/// revision, a store recognises a repeated attempt: a record whose revision already is `next` was written by an earlier
/// try of the same attempt. So create, commit and rotate may be retried after a timeout.
///
/// A revision is not a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Revision([u8; 16]);

impl Revision {
    /// Creates a revision of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, as a store keeps them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first eight bytes, as a record's lineage keeps them.
    pub(crate) const fn short(&self) -> ShortRevision {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        [a, b, c, d, e, f, g, h]
    }
}

/// A shortened revision: enough to recognise one of the last few commits of one key.
pub(crate) type ShortRevision = [u8; 8];

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revision({:016x})", u64::from_be_bytes(self.short()))
    }
}
