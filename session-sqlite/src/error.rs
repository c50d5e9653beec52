use std::path::PathBuf;

/// A setting that cannot work.
///
/// Not exhaustive, because a new setting may bring a new error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Not a URL of a file.
    #[error("the URL of the SQLite file is invalid: {reason}")]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// The file cannot be there.
    #[error("the SQLite file {} cannot be used: {reason}", path.display())]
    Path {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A time is zero.
    #[error("`{field}` must be greater than zero")]
    Zero {
        /// The setting.
        field: &'static str,
    },
}
