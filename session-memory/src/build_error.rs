/// A setting of a [`Builder`](super::Builder) is out of its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("memory store: `{field}` must be {allowed}, not {found}")]
pub struct BuildError {
    pub(crate) field: &'static str,
    pub(crate) allowed: &'static str,
    pub(crate) found: usize,
}

impl BuildError {
    /// Returns the name of the setting, which is the name of the builder's method.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }
}
