/// A source of unguessable bytes. The core never asks the operating system itself; it is handed one of these.
///
/// [`Generator`](super::Generator) is the one for production; tests may bring a reproducible one.
pub trait Entropy: Send + Sync {
    /// Fills the whole of `out`.
    ///
    /// # Errors
    /// [`EntropyError`] when the bytes would not be unguessable; `out` is then not to be used.
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError>;
}

/// The source of entropy failed. No id, token or revision was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no entropy: {reason}")]
pub struct EntropyError {
    reason: String,
}

impl EntropyError {
    /// A failure for this reason.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
