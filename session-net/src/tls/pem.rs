use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Certificates or a key as PEM: in a file, which is read when the settings are [built](super::Tls::build), or as bytes.
/// `Debug` never shows the bytes.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pem {
    /// In this file.
    File(PathBuf),
    /// These bytes.
    Bytes(Vec<u8>),
}

impl Pem {
    /// Returns the bytes.
    ///
    /// # Errors
    /// Why they cannot be read, in words.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::File(path) => {
                let bytes = std::fs::read(path).map_err(|error| format!("it cannot be read: {error}"))?;
                if bytes.is_empty() { Err("the file is empty".to_owned()) } else { Ok(bytes) }
            }
            Self::Bytes(bytes) => Ok(bytes.clone()),
        }
    }

    /// The file, or `None` for bytes.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Bytes(_) => None,
        }
    }
}

impl From<&Path> for Pem {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<PathBuf> for Pem {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<Vec<u8>> for Pem {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

/// Where the bytes come from, for an error.
impl fmt::Display for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "`{}`", path.display()),
            Self::Bytes(_) => f.write_str("the given bytes"),
        }
    }
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Bytes(_) => f.debug_tuple("Bytes").finish_non_exhaustive(),
        }
    }
}
