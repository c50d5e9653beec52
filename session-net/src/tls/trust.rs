use super::Pem;

/// Whom to believe what a server says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authorities {
    /// The authorities that browsers trust, compiled in.
    #[default]
    Public,
    /// Those of the system, or those in the file `SSL_CERT_FILE` and the directories `SSL_CERT_DIR`.
    System,
    /// These and no others.
    Own(Pem),
}

/// What the certificate of a server must prove.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verification {
    /// The server has this name, and a trusted authority says so.
    #[default]
    Full,
    /// A trusted authority knows the server.
    AnyName,
    /// Nothing.
    Nothing,
}
