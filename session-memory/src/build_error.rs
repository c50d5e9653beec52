/// A setting of a [`MemoryStoreBuilder`](super::MemoryStoreBuilder) is out of its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("memory store: `{field}` must be {allowed}, not {found}")]
pub struct BuildError {
    pub(crate) field: &'static str,
    pub(crate) allowed: &'static str,
    pub(crate) found: usize,
}

impl BuildError {
    /// The name of the setting, as the builder's method is called.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }
}
