use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Where a new crate gets `session-core` and the kit from.
pub(crate) enum Source {
    /// The registry, in the version of this program.
    Registry,
    /// The checkout that this program was built in.
    Checkout(PathBuf),
    /// The repository that `cargo install --git` built this program from.
    Git,
}

impl Source {
    /// Where this program itself comes from.
    pub(crate) fn here() -> Self {
        let Some(root) = Path::new(env!("CARGO_MANIFEST_DIR")).parent() else { return Self::Registry };
        if !root.join("session-core/Cargo.toml").exists() {
            return Self::Registry;
        }
        // Cargo's own checkouts go away when their repository does.
        if root.components().any(|part| part.as_os_str() == "checkouts") {
            return Self::Git;
        }
        Self::Checkout(root.to_owned())
    }

    /// The value of this crate in a manifest.
    pub(crate) fn dependency(&self, name: &str) -> String {
        match self {
            Self::Registry => format!("\"{}\"", env!("CARGO_PKG_VERSION")),
            Self::Checkout(root) => format!("{{ path = {:?} }}", root.join(name).to_string_lossy()),
            Self::Git => format!("{{ git = \"{}\" }}", env!("CARGO_PKG_REPOSITORY")),
        }
    }

    pub(crate) fn guide(&self) -> String {
        match self {
            Self::Checkout(root) => {
                root.join("session-testkit/docs/write-a-backend.md").display().to_string()
            }
            Self::Registry | Self::Git => {
                "https://docs.rs/session-testkit/latest/session_testkit/guide".to_owned()
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry => write!(f, "version {} of the kit", env!("CARGO_PKG_VERSION")),
            Self::Checkout(root) => {
                write!(f, "the kit in {}; name a version in its place before you publish", root.display())
            }
            Self::Git => write!(f, "the kit in {}", env!("CARGO_PKG_REPOSITORY")),
        }
    }
}
