/// A source of unguessable bytes.
///
/// [`Generator`](super::Generator), which is seeded by the operating system, is the default; tests may pass a reproducible
/// source.
pub trait Entropy: Send + Sync {
    /// Fills the whole of `out`.
    ///
    /// # Errors
    /// [`EntropyError`] if the bytes would not be unguessable; `out` must not be used then.
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError>;
}

/// The source of entropy failed. No id, token or revision was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no entropy: {reason}")]
pub struct EntropyError {
    reason: String,
}

impl EntropyError {
    /// Makes a failure with this reason.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
