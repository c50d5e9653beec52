use std::path::PathBuf;

/// Where the server is, and who logs in there. It has no `Debug`, because it holds the password.
#[derive(Clone)]
pub(crate) struct ServerAddress {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) socket: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) ssl_mode: SslMode,
    pub(crate) authority: Option<PathBuf>,
}

/// How the connection is protected, by the names that MySQL's own programs use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SslMode {
    Disabled,
    /// Encrypted, to whichever server replies.
    Required,
    /// Encrypted, to the server of this name, certified by an authority.
    VerifyIdentity,
}
